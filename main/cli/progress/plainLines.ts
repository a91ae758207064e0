import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { oneLine } from '../oneLine.ts';
import type { ProgressDisplay } from './progressDisplay.ts';
import { timeLeft } from './wording.ts';

const pauseMs = 1000;

const stateOf = ({ label, fraction }: WorkflowProgress): string =>
  `${String(Math.floor(100 * fraction)).padStart(3)} %  ${oneLine(label)}`;

/** For logs and pipes: at most one line a second, only when something changed, no control characters. */
export class PlainLines implements ProgressDisplay {
  #last = '';
  #lastAt = -Infinity;
  /** News that came too soon; printed when the second is over and nothing newer has come. */
  #waiting: WorkflowProgress | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #notes = new Set<string>();

  constructor(private readonly write: (line: string) => void) {}

  update(progress: WorkflowProgress): void {
    if (progress.note !== undefined) this.note(progress.note);
    if (progress.label === '' || stateOf(progress) === this.#last) return;
    const wait = this.#lastAt + pauseMs - Date.now();
    if (wait <= 0) {
      this.#print(progress);
      return;
    }
    this.#waiting = progress;
    // A line that nobody waits for keeps no process alive.
    this.#timer ??= setTimeout(() => {
      if (this.#waiting !== undefined) this.#print(this.#waiting);
    }, wait).unref();
  }

  note(text: string): void {
    if (this.#notes.has(text)) return;
    this.#notes.add(text);
    this.write(oneLine(text));
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #print(progress: WorkflowProgress): void {
    this.end();
    this.#last = stateOf(progress);
    this.#lastAt = Date.now();
    const { etaSeconds } = progress;
    this.write(etaSeconds === null ? this.#last : `${this.#last} (${timeLeft(etaSeconds)} left)`);
  }
}
