import type { Note } from '../../contracts/notes.ts';
import { matchEvents, type Score } from './matching.ts';

type Timed = { readonly time: number; readonly pitch: number };

const events = (notes: readonly Note[]): Timed[] =>
  notes.map(({ onset, pitch }) => ({ time: onset, pitch })).sort((a, b) => a.time - b.time);

/** Note accuracy as usually reported: right pitch, onset within 50 ms (MIREX, mir_eval's onset-only rule). */
export const noteAccuracy = (found: readonly Note[], truth: readonly Note[]): Score =>
  matchEvents(events(found), events(truth), 0.05, (a, b) => a.pitch === b.pitch);

/** Beat accuracy: within 70 ms (MIREX). */
export const beatAccuracy = (found: readonly number[], truth: readonly number[]): Score =>
  matchEvents(
    found.map((time) => ({ time })),
    truth.map((time) => ({ time })),
    0.07,
    () => true,
  );
