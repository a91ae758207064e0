import { existsSync, unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import { sessionFile } from '../engine/session/database.ts';
import { DecisionHistory, type Step, type Subject } from '../engine/session/decisionHistory.ts';
import { Session } from '../engine/session/session.ts';
import { takeTurn } from '../engine/session/sessionTurn.ts';
import { InTurn } from '../platform/inTurn.ts';
import { makeFolder } from '../platform/makeFolder.ts';

/** Sessions are held by one process at a time; here in turn, whoever asks. */
const turns = new InTurn();
/** A decision made elsewhere (the command line) is seen after about this long. */
const lookEveryMs = 1500;

/**
 * The decisions about a song, in the session of the song's folder: the engine's own list, which every program that
 * opens the session shares. The session is opened for each step only (8 ms), so that the window and the command
 * line can take turns.
 */
export class SongHistory {
  readonly #directory: string;

  /** @param songFolder where the song keeps what was made of it */
  constructor(songFolder: string) {
    this.#directory = join(songFolder, 'session');
  }

  /** What was decided about one thing; nothing where nobody has decided anything. */
  async steps(subject: Subject): Promise<Step[]> {
    if (!existsSync(join(this.#directory, sessionFile))) return [];
    return await this.change(subject, (history) => history.steps());
  }

  /** @throws SoniError `busy` when another program does not give the session back */
  change<Result>(
    subject: Subject,
    work: (history: DecisionHistory) => Result | Promise<Result>,
  ): Promise<Result> {
    return turns.run(this.#directory, async () => {
      await makeFolder(this.#directory);
      using _turn = await takeTurn(this.#directory);
      const session = await Session.open(this.#directory);
      try {
        return await work(new DecisionHistory(session, subject));
      } finally {
        session.close();
      }
    });
  }

  /** Tells when somebody, here or elsewhere, has decided something. @returns the way to stop */
  watch(changed: () => void): () => void {
    const file = join(this.#directory, sessionFile);
    const listener = (now: { mtimeMs: number }, before: { mtimeMs: number }) => {
      if (now.mtimeMs !== before.mtimeMs) changed();
    };
    watchFile(file, { interval: lookEveryMs, persistent: false }, listener);
    return () => unwatchFile(file, listener);
  }
}
