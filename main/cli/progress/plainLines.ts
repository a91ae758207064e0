import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { oneLine } from '../oneLine.ts';
import type { ProgressDisplay } from './progressDisplay.ts';
import { timeLeft } from './wording.ts';

/** For logs and pipes: at most one line a second, only when something changed, no control characters. */
export class PlainLines implements ProgressDisplay {
  #last = '';
  #lastAt = -Infinity;
  #notes = new Set<string>();

  constructor(
    private readonly write: (line: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  update({ label, fraction, etaSeconds, note }: WorkflowProgress): void {
    if (note !== undefined) this.note(note);
    const state = `${String(Math.floor(100 * fraction)).padStart(3)} %  ${oneLine(label)}`;
    if (state === this.#last || this.now() - this.#lastAt < 1000) return;
    this.#last = state;
    this.#lastAt = this.now();
    this.write(etaSeconds === null ? state : `${state} (${timeLeft(etaSeconds)} left)`);
  }

  note(text: string): void {
    if (this.#notes.has(text)) return;
    this.#notes.add(text);
    this.write(oneLine(text));
  }

  end(): void {}
}
