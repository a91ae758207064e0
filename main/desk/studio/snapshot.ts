import type { BridgeTrack } from '../../contracts/bridge.ts';
import type { Studio, StudioTake, StudioTrack } from '../../contracts/studio.ts';
import type { BridgeServer } from '../../../plugin-bridge/server/bridgeServer.ts';
import { hostTempo } from './hostTempo.ts';

const usualRate = 48_000;

interface Facts {
  /** Tracks whose plugin went away since this program started. */
  readonly lost: ReadonlySet<string>;
  readonly peaksOf: (take: BridgeTrack['takes'][number]) => string | null;
}

/** The tracks of the session as the window shows them. */
export function tracksOf(
  server: BridgeServer,
  facts: Facts,
): Pick<Studio, 'tracks' | 'sampleRate' | 'tempo'> {
  const described = server.book.list().map((track) => server.describe(track));
  const takes = described.flatMap((track) => track.takes);
  const newest = takes.reduce<(typeof takes)[number] | null>(
    (best, take) => (best === null || take.started > best.started ? take : best),
    null,
  );
  const live = described.find(({ plugin }) => plugin !== null)?.plugin;
  return {
    sampleRate: Math.round(live?.sampleRate ?? newest?.sampleRate ?? usualRate),
    tempo: hostTempo(takes),
    tracks: described.map((track) => trackOf(track, facts)),
  };
}

function trackOf(track: BridgeTrack, { lost, peaksOf }: Facts): StudioTrack {
  const { plugin, takes, returned, source: _source, ...facts } = track;
  const [newest] = takes.toSorted((a, b) => b.started - a.started);
  const away = lost.has(track.id) ? 'lost' : 'away';
  return {
    ...facts,
    plug: plugin === null ? away : plugin.recording === null ? 'connected' : 'capturing',
    host: plugin?.host ?? '',
    format: plugin?.format ?? '',
    sampleRate: plugin?.sampleRate ?? newest?.sampleRate ?? usualRate,
    droppedFrames: plugin?.droppedFrames ?? 0,
    message: plugin?.message ?? '',
    takes: takes
      .toSorted((a, b) => b.started - a.started)
      .map((take): StudioTake => {
        const { id, hostStart, frames, sampleRate, gaps, state, started } = take;
        return { id, hostStart, frames, sampleRate, gaps, state, started, peaks: peaksOf(take) };
      }),
    returned: returned.flatMap(({ kind, confirmed, payload }) =>
      isNothing(kind, payload) ? [] : [{ kind, held: confirmed !== null }],
    ),
  };
}

/** An empty list was given to take something back. */
function isNothing(kind: string, payload: unknown): boolean {
  const list = (payload as Record<string, unknown> | null)?.[kind];
  return Array.isArray(list) && list.length === 0;
}
