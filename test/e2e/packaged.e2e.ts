import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fuses } from '../../forge.config.ts';
import { deskHome, type DeskHome } from './support/desk.ts';
import { display, leftOut } from './support/requirement.ts';

const missing =
  process.platform !== 'linux' || process.arch !== 'x64'
    ? 'The packaged app is tested on Linux x64.'
    : display === null
      ? 'Electron needs a display: run it under xvfb-run.'
      : null;

describe.skipIf(leftOut(missing))('the packaged app', () => {
  const executable = join(process.cwd(), 'out', 'SoniDesk-linux-x64', 'sonidesk-app');
  let home: DeskHome;

  beforeAll(async () => {
    home = await deskHome();
    const packaged = spawnSync(process.execPath, ['main/tooling/package.mjs'], { encoding: 'utf8' });
    if (packaged.status !== 0) throw new Error(packaged.stderr);
  }, 600_000);
  afterAll(() => home.remove());

  it('has the fuses that forge.config.ts asks for', async () => {
    const wire = await getCurrentFuseWire(executable);
    const found = Object.entries(FuseV1Options).flatMap(([name, fuse]) => {
      const state = typeof fuse === 'number' ? wire[fuse] : undefined;
      const known = state === FuseState.ENABLE || state === FuseState.DISABLE;
      return known ? [[name, state === FuseState.ENABLE]] : [];
    });
    expect(Object.fromEntries(found)).toMatchObject({
      RunAsNode: fuses[FuseV1Options.RunAsNode],
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      GrantFileProtocolExtraPrivileges: false,
    });
  });

  it('starts, opens a song by its own engine and ends when it is told', async () => {
    // Its fuses keep a debugger out; it is seen by what it does.
    const record = join(home.home, 'songs');
    const app = spawn(
      executable,
      [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--user-data-dir=${join(home.home, 'packaged')}`,
        home.song,
      ],
      { env: home.env, stdio: 'ignore' },
    );
    const ended = once(app, 'exit');
    await expect
      .poll(
        async () => {
          if (!existsSync(record)) return null;
          for (const name of await readdir(record)) {
            const text = await readFile(join(record, name, 'song.json'), 'utf8').catch(() => '');
            if (text.includes('"bpm":')) return 'heard';
          }
          return 'waiting';
        },
        { timeout: 120_000, interval: 500 },
      )
      .toBe('heard');
    app.kill('SIGTERM');
    await ended;
  });
});
