import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Sandbox } from '../support/sandbox.ts';
import { readWave, type Stereo } from '../support/wave.ts';
import type { ArdourSession } from './session.ts';

/** One in six exports crashes; six in a row are one in 50,000. */
const attempts = 6;

export interface Export {
  readonly master: Stereo;
  /** How often Ardour crashed before. */
  readonly crashes: number;
}

/**
 * Opens a saved session with `ardour7-export` and renders its range freewheeling, as float32. Ardour 7.3 corrupts its heap
 * while it exports with the dummy engine, in about one run of six and in empty sessions without any plugin just
 * as often; a run that dies of that (SIGABRT, SIGSEGV) is repeated.
 */
export async function exportMaster(sandbox: Sandbox, session: ArdourSession): Promise<Export> {
  const file = sandbox.path('export.wav');
  for (let crashes = 0; ; crashes++) {
    const child = spawn('ardour7-export', ['-b', 'float', '-o', file, session.folder, session.name], {
      env: sandbox.environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return { master: (await readWave(file)).audio, crashes };
    const crashed = signal === 'SIGABRT' || signal === 'SIGSEGV';
    if (!crashed || crashes + 1 >= attempts) {
      throw new Error(`ardour7-export ended with ${code ?? signal}:\n${said.slice(-2000)}`);
    }
  }
}
