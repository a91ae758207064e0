import { basename } from 'node:path';
import type { PackManifest } from '../../contracts/pack.ts';
import { SoniError } from '../../contracts/errors.ts';
import { Reference, SourceFile, audioOf, fileOf, job, type Job } from '../jobs/job.ts';

/** First part of a song that is separated before the rest, in seconds. */
export const previewSeconds = 10;
const previewPriority = 10;

/** What names of files and the like are in labels. */
export const labelOf = (path: string): string => basename(path);

export const decodeJob = (path: string, priority = 0): Job<'decode'> =>
  job('decode', `Reading ${labelOf(path)}`, { source: new SourceFile(path) }, { priority });

/** The audio at the rate and channel count that a pack's model wants. */
export function resampleFor(pack: PackManifest, audio: Reference<string>, name: string): Job<'resample'> {
  const { sampleRate, channels } = pack.model;
  if (channels !== 1 && channels !== 2) {
    throw new SoniError(
      'unsupported',
      `The pack ${pack.id} wants ${channels} channels; only 1 and 2 are known.`,
    );
  }
  return job('resample', `Preparing ${name}`, { audio, sampleRate, channels });
}

/** The whole file into stems, and when asked for its beginning first. */
export function separationJobs(
  decoded: Job<'decode'>,
  pack: PackManifest,
  name: string,
): { whole: Job<'separate'>; preview: Job<'separate'> } {
  const source = audioOf(decoded);
  const shared = {
    source,
    model: audioOf(resampleFor(pack, source, name)),
    pack: pack.id,
  };
  const beginning = new Reference(decoded, `first ${previewSeconds} s`, (output) => {
    const { sampleRate, frames } = output as { sampleRate: number; frames: number };
    return { start: 0, frames: Math.max(1, Math.min(frames, previewSeconds * sampleRate)) };
  });
  return {
    whole: job('separate', `Separating ${name}`, { ...shared, range: null }, { pack }),
    preview: job(
      'separate',
      `Separating the beginning of ${name}`,
      { ...shared, range: beginning },
      {
        pack,
        priority: previewPriority,
      },
    ),
  };
}

export const stemOf = (separation: Job<'separate'>, stem: string): Reference<string> =>
  fileOf(separation, `stem ${stem}`, (output) => {
    const found = output.stems.find((each) => each.stem === stem);
    if (found === undefined) throw new SoniError('internal', `The separation has no stem "${stem}".`);
    return found.file;
  });

export interface NoteThresholds {
  readonly onsetThreshold: number;
  readonly frameThreshold: number;
  readonly minNoteSeconds: number;
  readonly minHz: number | null;
  readonly maxHz: number | null;
}

export const transcriptionJob = (
  audio: Reference<string>,
  pack: PackManifest,
  name: string,
  thresholds: NoteThresholds,
): Job<'transcribe'> =>
  job(
    'transcribe',
    `Transcribing ${name}`,
    {
      audio: audioOf(resampleFor(pack, audio, name)),
      pack: pack.id,
      onsetThreshold: thresholds.onsetThreshold,
      frameThreshold: thresholds.frameThreshold,
      minNoteSeconds: thresholds.minNoteSeconds,
      minHz: thresholds.minHz,
      maxHz: thresholds.maxHz,
    },
    { pack },
  );

export const tagJob = (audio: Reference<string>, name: string): Job<'tag'> =>
  job('tag', `Listening to ${name}`, { audio });
