import { neutralStrip } from '../../audio/strip/neutral.ts';
import type { MixPlan } from '../../contracts/mixPlan.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import type { Seconds } from '../../contracts/units.ts';
import { roleOfName } from '../../mix/roleOfName.ts';
import { audioOf, job, type Job, type Reference } from '../jobs/job.ts';
import type { GraphResults } from '../jobs/runGraph.ts';
import { decodeJob, labelOf } from './audioJobs.ts';
import { commonTimeline } from './commonTimeline.ts';
import { findContentPacks, recogniseJob, rolesOf, type ContentPacks } from './contentJobs.ts';
import type { WorkflowContext } from './context.ts';
import { recordTake } from './recordTake.ts';
import { trackNames } from './trackNames.ts';

/** Part of the bar for reading files, before it is known what they hold. */
const readingShare = 0.05;

export interface NamedAudio {
  readonly name: string;
  readonly audio: Reference<string>;
  /** Where it starts on the tracks' common timeline, in frames at the session's rate; 0 when left out. */
  readonly start?: number;
}

export interface ReadTrack extends NamedAudio {
  readonly path: string;
  readonly decoded: OperationOutput<'decode'>;
  readonly startSeconds: Seconds;
}

/** The tracks of a session at one sample rate, the highest among them. */
export interface ReadSession {
  readonly tracks: readonly ReadTrack[];
  /** Where the session starts on the host timeline, in frames at its rate; `null` when no file says. */
  readonly timeReference: number | null;
}

/**
 * Reads the tracks of a session, brings them to one sample rate and puts them on one timeline by their time
 * stamps. The rest of the workflow has the bar from `phaseAfterReading` on.
 * @param tell gets a sentence when the tracks do not start together
 */
export async function readTracks(
  paths: readonly string[],
  context: WorkflowContext,
  tell: (text: string) => void = (text) => context.note(text),
): Promise<ReadSession> {
  const jobs = paths.map((path) => decodeJob(path));
  const results = await context.run(jobs, { to: readingShare });
  const decoded = jobs.map((each) => results.of(each).output);
  paths.forEach((path, position) => recordTake(context.session, path, position, decoded[position]!));
  const sampleRate = Math.max(...decoded.map((each) => each.sampleRate));
  const names = trackNames(paths);
  const { starts, origin, note } = commonTimeline(
    decoded.map((each, index) => ({ ...each, name: names[index]! })),
  );
  if (note !== null) tell(note);
  const tracks = paths.map((path, index): ReadTrack => {
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
    const startSeconds = starts[index]!;
    const start = Math.round(startSeconds * sampleRate);
    return { name: names[index]!, path, decoded: own, audio, start, startSeconds };
  });
  return { tracks, timeReference: origin === null ? null : Math.round(origin * sampleRate) };
}

export const phaseAfterReading = { from: readingShare };

/** Tracks as a mix takes them; a start of 0 is left out, so that it is the same work as without one. */
const inputs = (tracks: readonly NamedAudio[]) =>
  tracks.map(({ name, audio, start = 0 }) => ({ name, audio, ...(start > 0 && { start }) }));

/** @param packs hear the roles of the tracks whose names say nothing; `null`: their levels tell */
export function mixJob(
  tracks: readonly NamedAudio[],
  reference: Job<'decode'> | null,
  packs: ContentPacks | null,
): Job<'mix'> {
  return job('mix', 'Planning the mix', {
    tracks: inputs(tracks).map((track) => ({
      ...track,
      ...(packs !== null &&
        roleOfName(track.name) === null && {
          heard: rolesOf(recogniseJob(track.audio, packs, track.name)),
        }),
    })),
    reference: reference === null ? null : audioOf(reference),
  });
}

/** The packs that hear the roles of `tracks`, or `null` when all their names tell or the head is not there. */
export const findRolePacks = (
  tracks: readonly NamedAudio[],
  context: WorkflowContext,
  features: boolean,
  tell: (text: string) => void,
): Promise<ContentPacks | null> =>
  tracks.every(({ name }) => roleOfName(name) !== null)
    ? Promise.resolve(null)
    : findContentPacks(context, features, tell);

export function renderJob(
  tracks: readonly NamedAudio[],
  plan: MixPlan | Reference<MixPlan>,
  timeReference: number | null,
): Job<'render-mix'> {
  return job('render-mix', 'Rendering the mix', {
    tracks: inputs(tracks),
    plan,
    ...(timeReference !== null && { timeReference }),
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
    tracks: inputs(tracks),
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
