import type { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import type { studioMethods } from '../../contracts/studio.ts';
import type { BridgeServer } from '../../../plugin-bridge/server/bridgeServer.ts';

type Wish = z.output<(typeof studioMethods)['chooseTake']['input']>;

/**
 * Makes a track's comp play a take between two places.
 * @throws SoniError `not-found` of the track or take | `bad-usage` when the take does not sound there
 */
export async function chooseTake(
  server: BridgeServer,
  { track: wanted, take, start, end }: Wish,
): Promise<void> {
  const track = server.book.find(wanted);
  const takes = server.takes(track.id).toSorted((a, b) => a.started - b.started);
  const chosen = takes.find(({ id }) => id === take);
  if (chosen === undefined) throw new SoniError('not-found', `"${track.name}" has no such take (any more).`);
  const { hostStart, frames, sampleRate } = chosen;
  const span = { start: Math.max(start, hostStart), end: Math.min(end, hostStart + frames) };
  const seconds = (sample: number) => `${(sample / sampleRate).toFixed(1)} s`;
  if (span.end <= span.start) {
    throw new SoniError(
      'bad-usage',
      `The take sounds from ${seconds(hostStart)} to ${seconds(hostStart + frames)}; ${seconds(start)} to ${seconds(end)} lies outside. Choose a part of it.`,
    );
  }
  const number = takes.indexOf(chosen) + 1;
  const reason = `Take ${number} of ${track.name} from ${seconds(span.start)} to ${seconds(span.end)}`;
  await server.compChoices.choose(track, { takeId: take, ...span }, reason);
  server.emit({ type: 'takes-chosen', reason });
}
