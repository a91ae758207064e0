import type { Medium } from '../../main/contracts/desk.ts';
import { readFrames } from '../audio/mediumReader.ts';
import { BandListener, windowFrames, type LaneBands } from './laneBands.ts';

/** Moments of a song that are listened to; fewer of a large session, as all of its lanes are read. */
const mostMoments = 24;
const fewestMoments = 8;
const mostReads = 200;
/** Reads under way at once. */
const atOnce = 4;

/** Bands of some lanes in moments spread evenly over them; read in pieces, so that no song is too long. */
export async function listenToLanes(lanes: readonly Medium[], signal: AbortSignal): Promise<LaneBands[]> {
  const moments = Math.max(fewestMoments, Math.min(mostMoments, Math.floor(mostReads / lanes.length)));
  const frames = Math.max(...lanes.map((lane) => lane.frames));
  const starts = Array.from({ length: moments }, (_, moment) =>
    Math.max(0, Math.floor(((moment + 0.5) / moments) * frames - windowFrames / 2)),
  );
  const heard: LaneBands[] = Array.from({ length: lanes.length });
  const waiting = lanes.entries();
  const work = async () => {
    for (const [index, medium] of waiting) heard[index] = await listenTo(medium, starts, signal);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return heard;
}

async function listenTo(medium: Medium, starts: readonly number[], signal: AbortSignal): Promise<LaneBands> {
  const listener = new BandListener(medium.sampleRate);
  for (const start of starts) {
    const [left, right] = await readFrames(medium, start, windowFrames, signal);
    listener.add(left!, right ?? left!);
  }
  return listener.finish();
}
