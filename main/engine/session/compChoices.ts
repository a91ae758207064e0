import { z } from 'zod';
import type { Track } from '../../contracts/session.ts';
import type { CompChoice } from './comp.ts';
import { DecisionHistory, lastApplied, nextToRedo, type Step } from './decisionHistory.ts';
import type { Session } from './session.ts';

const choice = z.object({ track: z.string(), takeId: z.string(), start: z.number(), end: z.number() });

/** Which takes are heard where, as the user chose: decisions of the session, with one history for all of its tracks. */
export class CompChoices {
  readonly #history: DecisionHistory;
  #steps: readonly Step[] = [];
  /** By track. */
  #choices = new Map<string, CompChoice[]>();

  constructor(session: Session) {
    this.#history = new DecisionHistory(session, { about: 'comp', of: 'takes' });
    this.#read();
  }

  of(trackId: string): readonly CompChoice[] {
    return this.#choices.get(trackId) ?? [];
  }

  get canUndo(): boolean {
    return lastApplied(this.#steps) !== undefined;
  }

  get canRedo(): boolean {
    return nextToRedo(this.#steps) !== undefined;
  }

  async choose(track: Track, wish: Omit<CompChoice, 'decided'>, reason: string): Promise<void> {
    await this.#history.take([{ track, before: null, after: { track: track.id, ...wish } }], reason);
    this.#read();
  }

  /** All of them, oldest first; also those that were taken back. */
  get steps(): readonly Step[] {
    return this.#steps;
  }

  /** @returns the choice that was taken back; undefined where there was none */
  undo(): Step | undefined {
    const step = lastApplied(this.#steps);
    this.#history.undo();
    this.#read();
    return step;
  }

  /** @returns the choice that was made again; undefined where there was none */
  redo(): Step | undefined {
    const step = nextToRedo(this.#steps);
    this.#history.redo();
    this.#read();
    return step;
  }

  #read(): void {
    this.#steps = this.#history.steps();
    this.#choices = new Map();
    for (const { state, after, decided } of this.#steps) {
      const made = choice.safeParse(after[0]);
      if (state !== 'applied' || !made.success) continue;
      const { track, takeId, start, end } = made.data;
      this.#choices.set(track, [...this.of(track), { takeId, start, end, decided }]);
    }
  }
}
