import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openWav } from '../../audio/wav/wavReader.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Note } from '../../contracts/notes.ts';
import type { Operation, OperationInput } from '../../contracts/operations.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { resumable } from '../../platform/checkpoint.ts';
import { checkAudio } from '../audioOfPack.ts';
import { loadModel } from '../onnx/model.ts';
import { findPack } from '../packs/findPack.ts';
import type { ActivationSource } from './activations.ts';
import { frameLayout, type FrameLayout } from './basicPitchFrames.ts';
import { computeActivations } from './computeActivations.ts';
import { finishNotes } from './finishNotes.ts';
import { decodeFrameNotes } from './frameNotes.ts';

/** Deciding about the notes takes about this part of the time that the model takes. */
const decodingShare = 0.05;

/**
 * Transcribes pitched audio to notes as Basic Pitch does (drums have to be left out by the caller). The
 * model's activations go to a scratch file; the notes are decoded from it at the end. Goes on where it was cut short. Memory does not grow with the length, but for the notes themselves.
 * @throws SoniError `unsupported` (no transcription pack) | `bad-usage` | what `findPack` and the disk throw
 */
export const transcribe: Operation<'transcribe'> = async (input, context) => {
  const pack = await findPack(input.pack);
  const { manifest } = pack;
  if (manifest.model.adapter !== 'basic-pitch') {
    throw new SoniError(
      'unsupported',
      `The pack ${manifest.id} is for ${manifest.tasks.join(', ')}; transcription needs a pack made for it, such as basic-pitch.`,
    );
  }
  const layout = frameLayout(manifest);
  const audio = await openWav(input.audio);
  try {
    checkAudio(manifest, audio, input.audio);
    const total = audio.frames * (1 + decodingShare);
    const scratch = join(context.directory, 'activations.raw');
    const model = await loadModel(pack, { signal: context.signal });
    try {
      const identity = ['transcribe', manifest.id, manifest.version, model.provider, input];
      const { notes, seconds } = await resumable(context.directory, identity, async (checkpoint) => {
        const { file, seconds } = await computeActivations({
          audio,
          layout,
          model,
          inputName: manifest.model.inputs[0]!.name,
          batch: manifest.model.maxBatch,
          path: scratch,
          checkpoint,
          signal: context.signal,
          progress: (done) => context.progress({ done, total }),
        });
        try {
          return { notes: await notesFrom(file, layout, input, context.signal), seconds };
        } finally {
          await file.close();
        }
      });
      const name = 'notes.json';
      await writeFileAtomic(join(context.directory, name), JSON.stringify(notes));
      await rm(scratch, { force: true });
      context.progress({ done: total, total });
      return {
        pack: manifest.id,
        packVersion: manifest.version,
        provider: model.provider,
        seconds,
        realtimeFactor: seconds > 0 ? audio.frames / layout.sampleRate / seconds : 0,
        notes: name,
        count: notes.length,
      };
    } finally {
      await model.close();
    }
  } finally {
    await audio.close();
  }
};

/** Decodes with the thresholds of the request. */
export async function notesFrom(
  source: ActivationSource,
  layout: FrameLayout,
  input: Omit<OperationInput<'transcribe'>, 'audio' | 'pack'>,
  signal: AbortSignal,
): Promise<Note[]> {
  if (input.frameThreshold <= 0) {
    throw new SoniError(
      'bad-usage',
      'The frame threshold is 0, so everything would sound; give one above 0.',
    );
  }
  const pitchIndex = (hertz: number) => {
    const index = Math.round(12 * Math.log2(hertz / 440) + 69) - layout.lowestPitch;
    return Math.min(layout.pitches, Math.max(0, index));
  };
  const notes = await decodeFrameNotes(source, {
    onsetThreshold: input.onsetThreshold,
    frameThreshold: input.frameThreshold,
    minFrames: Math.round((input.minNoteSeconds * layout.sampleRate) / layout.hop),
    low: input.minHz === null ? 0 : pitchIndex(input.minHz),
    high: input.maxHz === null ? layout.pitches : pitchIndex(input.maxHz),
    signal,
  });
  return finishNotes(source, layout, notes, signal);
}
