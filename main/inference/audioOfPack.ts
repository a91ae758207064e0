import type { AudioReader } from '../audio/audioStream.ts';
import { SoniError } from '../contracts/errors.ts';
import type { PackManifest } from '../contracts/pack.ts';

/** @throws SoniError `bad-input` when audio has not the rate and the channels of a pack's model */
export function checkAudio({ id, model }: PackManifest, audio: AudioReader, path: string): void {
  const { sampleRate, channels } = model;
  if (audio.sampleRate === sampleRate && audio.channels === channels) return;
  throw new SoniError(
    'bad-input',
    `${path} has ${audio.sampleRate} Hz and ${audio.channels} channels; ${id} needs ${sampleRate} Hz and ${channels}. Resample it first.`,
  );
}
