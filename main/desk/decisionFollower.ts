import type { SongHistory } from './songHistory.ts';

/** Looks again at a song whose decisions somebody has changed: this program, or another one. */
export class DecisionFollower {
  readonly #watched = new Map<string, () => void>();

  constructor(
    private readonly historyOf: (songId: string) => SongHistory,
    private readonly look: (songId: string) => Promise<void>,
  ) {}

  watch(songId: string): void {
    if (this.#watched.has(songId)) return;
    // A session that another program holds just now is looked at with its next change.
    const look = () => void this.look(songId).catch(() => undefined);
    this.#watched.set(songId, this.historyOf(songId).watch(look));
  }

  close(): void {
    for (const stop of this.#watched.values()) stop();
    this.#watched.clear();
  }
}
