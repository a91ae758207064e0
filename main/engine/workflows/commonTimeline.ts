import type { Seconds } from '../../contracts/units.ts';

/** What is known of a file's place in time. */
interface Stamped {
  readonly name: string;
  /** Position on the host timeline in frames (Broadcast Wave `bext`); `null` when it says nothing. */
  readonly timeReference: number | null;
  readonly sampleRate: number;
  readonly frames: number;
}

export interface Timeline {
  /** Where each file starts, counted from the earliest. */
  readonly starts: readonly Seconds[];
  /** Where the earliest lies on the host timeline; `null` when no file says. */
  readonly origin: Seconds | null;
  /** What the user should know. */
  readonly note: string | null;
}

/** Nobody leaves an hour of nothing in a song: the stamps are then times of day of different recordings. */
const longestPause: Seconds = 3600;

/**
 * Puts the tracks of a session on one timeline by their time stamps. Those without a stamp start with the
 * earliest; where the stamps cannot be of one session all start together.
 */
export function commonTimeline(files: readonly Stamped[]): Timeline {
  const stamps = files.map(({ timeReference, sampleRate }) =>
    timeReference === null ? null : timeReference / sampleRate,
  );
  const known = stamps.filter((stamp) => stamp !== null);
  if (known.length === 0) return { starts: files.map(() => 0), origin: null, note: null };
  const origin = Math.min(...known);
  const starts = stamps.map((stamp) => (stamp === null ? 0 : stamp - origin));
  const latest = Math.max(...starts);
  if (latest === 0) return { starts, origin, note: null };
  if (pauseIn(files, starts) > longestPause) {
    return {
      starts: files.map(() => 0),
      origin,
      note: `The files' time stamps lie more than an hour apart, so they are not of one session; all files are taken as starting together.`,
    };
  }
  const late = starts.filter((start) => start > 0).length;
  const last = files[starts.indexOf(latest)]!.name;
  const unknown = files.length - known.length;
  const placed = `${late} of ${files.length} files start later than the first by their time stamps, ${last} by ${latest.toFixed(3)} s; they are placed there.`;
  const rest =
    unknown === 0
      ? ''
      : ` ${unknown} without a time stamp ${unknown === 1 ? 'is' : 'are'} placed at the beginning.`;
  return { starts, origin, note: placed + rest };
}

/** The longest stretch in which no file has audio. */
function pauseIn(files: readonly Stamped[], starts: readonly Seconds[]): Seconds {
  const spans = files
    .map(({ frames, sampleRate }, k) => ({ from: starts[k]!, to: starts[k]! + frames / sampleRate }))
    .sort((a, b) => a.from - b.from);
  let end = 0;
  let longest = 0;
  for (const { from, to } of spans) {
    longest = Math.max(longest, from - end);
    end = Math.max(end, to);
  }
  return longest;
}
