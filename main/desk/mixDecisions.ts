import { createHash } from 'node:crypto';
import { z } from 'zod';
import { formerStrip } from '../contracts/dawMixer.ts';
import { mixChoice, type MixChoice } from '../contracts/desk.ts';
import { stripSettings, type MixPlan } from '../contracts/mixPlan.ts';
import {
  lastApplied,
  nextToRedo,
  type DecisionHistory,
  type Step,
  type Subject,
} from '../engine/session/decisionHistory.ts';
import { chosenPlan } from './mixOf.ts';
import { SongHistory } from './songHistory.ts';

/**
 * Where a song's mix stands: how it is wanted, whether its tracks in the DAW have it, and how the DAW's faders were where
 * they carry gain and pan; `null`: the plugins carry all of it.
 */
const mixState = z.object({
  choice: mixChoice,
  applied: z.boolean(),
  faders: z.array(formerStrip).nullable().default(null),
});
export type MixState = z.infer<typeof mixState>;

/** What is noted of a track: its strip, and the state that it belongs to, with the faders of this track only. */
const noted = mixState.extend({ strip: stripSettings });

export interface MixHistory extends MixState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export const firstMixState: MixState = { choice: { strength: 1, skipped: [] }, applied: false, faders: null };

/** Of one suggestion; those of an earlier one for the same song do not count. */
export const mixSubject = (plan: MixPlan): Subject => ({
  about: 'mix',
  of: createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16),
});

/** The decisions about a song's mix. All tracks of one step are undone and redone together. */
export class MixDecisions {
  readonly #song: SongHistory;

  /** @param songFolder where the song keeps what was made of it */
  constructor(songFolder: string) {
    this.#song = new SongHistory(songFolder);
  }

  /** @returns the state after it */
  take(plan: MixPlan, next: MixState, reason: string): Promise<MixHistory> {
    return this.#song.change(mixSubject(plan), async (history) => {
      const [from, to] = [stateAfter(history.steps()), next].map((state) =>
        chosenPlan(plan, state.choice).tracks.map(({ name, strip }) => ({
          ...state,
          faders: state.faders?.filter(({ track }) => track === name) ?? null,
          strip,
        })),
      );
      const moves = plan.tracks.map(({ name }, position) => ({
        track: { id: `mix-${position}`, name, position, source: null },
        before: from![position],
        after: to![position],
      }));
      await history.take(moves, reason);
      return historyOf(history.steps());
    });
  }

  /** @returns `null` when there is nothing to take back */
  undo(plan: MixPlan): Promise<MixHistory | null> {
    return this.#move(plan, (history) => history.undo());
  }

  /** @returns `null` when nothing was taken back last */
  redo(plan: MixPlan): Promise<MixHistory | null> {
    return this.#move(plan, (history) => history.redo());
  }

  async history(plan: MixPlan): Promise<MixHistory> {
    return historyOf(await this.#song.steps(mixSubject(plan)));
  }

  #move(plan: MixPlan, move: (history: DecisionHistory) => boolean): Promise<MixHistory | null> {
    return this.#song.change(mixSubject(plan), (history) =>
      move(history) ? historyOf(history.steps()) : null,
    );
  }
}

/** What the step says of the state: all tracks the same, each of its own fader. */
const stateIn = (sides: readonly unknown[]): MixState | undefined => {
  const tracks = sides.map((side) => noted.safeParse(side).data);
  const [first] = tracks;
  if (first === undefined) return undefined;
  const { choice, applied, faders } = first;
  return { choice, applied, faders: faders && tracks.flatMap((track) => track?.faders ?? []) };
};

const stateAfter = (steps: readonly Step[]): MixState =>
  stateIn(lastApplied(steps)?.after ?? steps[0]?.before ?? []) ?? firstMixState;

const historyOf = (steps: readonly Step[]): MixHistory => ({
  ...stateAfter(steps),
  canUndo: lastApplied(steps) !== undefined,
  canRedo: nextToRedo(steps) !== undefined,
});

/** A choice in words, for the list of decisions. */
export const choiceInWords = ({ strength, skipped }: MixChoice): string =>
  `Mix suggestion at ${Math.round(100 * strength)} %${skipped.length === 0 ? '' : `, without ${skipped.join(', ')}`}`;
