import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createEngine, type Engine, type EngineOptions } from '../../main/engine/workflows/engine.ts';
import { directories } from '../../main/platform/directories.ts';
import { buildProgram } from './buildProgram.ts';
import { watchHandles } from './leaks.ts';

/**
 * Engines whose inference hosts do what a script says (scriptedHost.ts), in a folder of each test's own with the files `song.wav`,
 * `Kick.wav` and `Bass.wav`. Registers the hooks of the calling file; engines are closed after each test.
 */
export function scriptedEngines() {
  let program: Awaited<ReturnType<typeof buildProgram>>;
  let home: string;
  let noLeaks: () => Promise<void>;
  const engines: Engine[] = [];
  const at = (name: string) => join(home, name);

  beforeAll(async () => {
    program = await buildProgram('test/support/scriptedHost.ts');
  });
  afterAll(() => program.remove());

  beforeEach(async () => {
    noLeaks = watchHandles();
    home = await mkdtemp(join(tmpdir(), 'sonidesk-engine-'));
    await writeFile(at('song.wav'), 'the audio of a song');
    await writeFile(at('Kick.wav'), 'a kick drum');
    await writeFile(at('Bass.wav'), 'a bass');
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    await rm(home, { recursive: true });
    await noLeaks();
  });

  return {
    /** A path in the test's folder. */
    at,
    /** An engine whose hosts have `env` beside the script. */
    engine: async (
      script: Record<string, unknown> = {},
      options: Omit<EngineOptions, 'hostProgram'> = {},
      env: Record<string, string> = {},
    ): Promise<Engine> => {
      const made = await createEngine({
        hostProgram: {
          script: program.script,
          env: {
            SCRIPT: JSON.stringify({
              chunks: 3,
              chunkMs: 1,
              log: at('log'),
              deathsFile: at('deaths'),
              ...script,
            }),
            ...env,
          },
        },
        directories: directories({ SONIDESK_HOME: at('home') }),
        ...options,
      });
      engines.push(made);
      return made;
    },
    /** The operations that hosts have started since this was asked last, sorted. */
    started: async (): Promise<string[]> => {
      const log = await readFile(at('log'), 'utf8').catch(() => '');
      const lines = log.split('\n').filter((line) => line.startsWith('start'));
      await rm(at('log'), { force: true });
      return lines.map((line) => line.split(' ')[1]!).sort();
    },
    json: async (name: string) => JSON.parse(await readFile(at(name), 'utf8')) as Record<string, unknown>,
  };
}
