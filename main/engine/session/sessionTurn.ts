import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';
import { identify, isRunning, processIdentity } from './processIdentity.ts';

const patienceMs = 20_000;
/** Apart from each other, so that two who wait do not always ask at the same moment. */
const retryMs = () => 15 + 30 * Math.random();
/** A file without a name in it is being written at this moment, or was left by a kill at that moment. */
const longestUnnamedMs = 2000;

/**
 * Lets programs that need a session for a moment each (a window's step, the command line) take turns: who gets the
 * turn opens the session, the others wait. SQLite's own lock is no queue: two who open at once keep each other out.
 * A turn left by a killed program is over.
 * @throws SoniError `busy` when the other does not end its turn
 */
export async function takeTurn(directory: string): Promise<Disposable> {
  const file = join(directory, 'turn.json');
  const begun = Date.now();
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
      return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw fileError(thrown, `write ${file}`);
    }
    const waited = Date.now() - begun;
    const holder = holderOf(file);
    if (holder === 'gone' || (holder === 'unnamed' && waited > longestUnnamedMs))
      rmSync(file, { force: true });
    else if (waited > patienceMs) {
      throw new SoniError('busy', `${directory} is in use by another SoniDesk. Try again in a moment.`);
    } else await sleep(retryMs());
  }
}

function holderOf(file: string): 'working' | 'gone' | 'unnamed' {
  try {
    return isRunning(processIdentity.parse(JSON.parse(readFileSync(file, 'utf8')))) ? 'working' : 'gone';
  } catch {
    return 'unnamed';
  }
}
