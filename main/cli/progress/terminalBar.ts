import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { oneLine } from '../oneLine.ts';
import type { ProgressDisplay } from './progressDisplay.ts';
import { timeLeft } from './wording.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const barCells = 24;

/** The bar itself, in eighths of a cell. */
export function bar(fraction: number): string {
  const filled = Math.round(Math.min(1, Math.max(0, fraction)) * barCells * 8);
  return ('█'.repeat(Math.floor(filled / 8)) + eighths[filled % 8]!).padEnd(barCells, '░');
}

/** One line that is drawn over itself, at most ten times a second. */
export class TerminalBar implements ProgressDisplay {
  #drawnAt = 0;
  #shown = false;
  #last: WorkflowProgress | undefined;
  #notes = new Set<string>();

  constructor(private readonly stream: NodeJS.WriteStream) {}

  update(progress: WorkflowProgress): void {
    if (progress.note !== undefined) this.note(progress.note);
    if (progress.label === '') return;
    this.#last = progress;
    const now = Date.now();
    if (now - this.#drawnAt < 100 && progress.fraction < 1) return;
    this.#drawnAt = now;
    this.#draw(progress);
  }

  note(text: string): void {
    if (this.#notes.has(text)) return;
    this.#notes.add(text);
    this.#clear();
    this.stream.write(`${oneLine(text)}\n`);
    if (this.#last !== undefined) this.#draw(this.#last);
  }

  end(): void {
    this.#clear();
    this.#last = undefined;
  }

  #draw({ label, fraction, etaSeconds }: WorkflowProgress): void {
    const left = etaSeconds === null ? '' : `  ${timeLeft(etaSeconds)} left`;
    const facts = `${bar(fraction)} ${String(Math.floor(100 * fraction)).padStart(3)} %${left}`;
    const room = Math.max(0, (this.stream.columns || 80) - facts.length - 3);
    const text = oneLine(label);
    const short = text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text;
    this.stream.write(`\r\u001b[K${facts}  ${short}`);
    this.#shown = true;
  }

  #clear(): void {
    if (this.#shown) this.stream.write('\r\u001b[K');
    this.#shown = false;
  }
}
