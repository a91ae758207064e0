import { neutralStrip } from '../../audio/strip/neutral.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import { audioOf, job, outputOf, type Job, type Reference } from '../jobs/job.ts';
import type { GraphResults } from '../jobs/runGraph.ts';
import { decodeJob, labelOf } from './audioJobs.ts';
import type { WorkflowContext } from './context.ts';
import { recordTake } from './recordTake.ts';
import { trackNames } from './trackNames.ts';

/** Part of the bar for reading files, before it is known what they hold. */
const readingShare = 0.05;

export interface NamedAudio {
  readonly name: string;
  readonly audio: Reference<string>;
}

export interface ReadTrack extends NamedAudio {
  readonly path: string;
  readonly decoded: OperationOutput<'decode'>;
}

/**
 * Reads the tracks of a session and brings them to one sample rate, the highest among them.
 * The rest of the workflow has the bar from `phaseAfterReading` on.
 */
export async function readTracks(paths: readonly string[], context: WorkflowContext): Promise<ReadTrack[]> {
  const jobs = paths.map((path) => decodeJob(path));
  const results = await context.run(jobs, { to: readingShare });
  const decoded = jobs.map((each) => results.of(each).output);
  paths.forEach((path, position) => recordTake(context.session, path, position, decoded[position]!));
  tellOfStarts(decoded, context);
  const sampleRate = Math.max(...decoded.map((each) => each.sampleRate));
  const names = trackNames(paths);
  return paths.map((path, index) => {
    const own = decoded[index]!;
    const asIs = audioOf(jobs[index]!);
    const audio =
      own.sampleRate === sampleRate
        ? asIs
        : audioOf(
            job('resample', `Preparing ${labelOf(path)}`, {
              audio: asIs,
              sampleRate,
              channels: own.channels === 1 ? 1 : 2,
            }),
          );
    return { name: names[index]!, path, decoded: own, audio };
  });
}

export const phaseAfterReading = { from: readingShare };

function tellOfStarts(decoded: readonly OperationOutput<'decode'>[], context: WorkflowContext): void {
  const starts = new Set(decoded.map((each) => (each.timeReference ?? 0) / each.sampleRate));
  if (starts.size > 1) {
    context.note(
      'The files carry different start times on the host timeline; they are treated as starting together.',
    );
  }
}

export function mixJob(tracks: readonly NamedAudio[], reference: Job<'decode'> | null): Job<'mix'> {
  return job('mix', 'Planning the mix', {
    tracks: tracks.map(({ name, audio }) => ({ name, audio })),
    reference: reference === null ? null : audioOf(reference),
  });
}

export function renderJob(tracks: readonly NamedAudio[], plan: Job<'mix'>): Job<'render-mix'> {
  return job('render-mix', 'Rendering the mix', {
    tracks: tracks.map(({ name, audio }) => ({ name, audio })),
    plan: outputOf(plan),
  });
}

/** All that is measured and drawn of a rendered mix. */
export function renderedFile(results: GraphResults, render: Job<'render-mix'>) {
  const { output, directory } = results.of(render);
  return {
    path: `${directory}/${output.audio}`,
    integratedLufs: output.integratedLufs,
    truePeakDb: output.truePeakDb,
  };
}

/** The plain sum of the tracks: a mix in which nothing is done. */
export function sumJob(tracks: readonly NamedAudio[]): Job<'render-mix'> {
  const silent = { integratedLufs: null, truePeakDb: null };
  return job('render-mix', 'Summing the tracks', {
    tracks: tracks.map(({ name, audio }) => ({ name, audio })),
    plan: {
      version: 1 as const,
      tracks: tracks.map(({ name }) => ({ name, role: 'other', strip: neutralStrip(), moves: [] })),
      reverb: { decaySeconds: 1, preDelayMs: 0 },
      before: silent,
      after: silent,
      reference: null,
    },
  });
}
