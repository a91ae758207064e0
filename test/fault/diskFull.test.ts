import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../main/engine/workflows/engine.ts';
import { directories } from '../../main/platform/directories.ts';
import { smallDisk, type SmallDisk } from '../cli/smallDisk.ts';
import { buildProgram } from '../support/buildProgram.ts';

/** Real file systems that are really full; where this user may not mount one, the tests are skipped and say so. */
const possible = (() => {
  const disk = smallDisk(64);
  disk?.[Symbol.dispose]();
  return disk !== null;
})();

let hostProgram: Awaited<ReturnType<typeof buildProgram>>;
let folder: string;
let disk: SmallDisk;
let engine: Engine | undefined;
beforeAll(async () => {
  hostProgram = await buildProgram('test/support/scriptedHost.ts');
});
afterAll(() => hostProgram.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-full-'));
  await writeFile(join(folder, 'song.wav'), 'a song');
});
afterEach(async () => {
  await engine?.close();
  engine = undefined;
  disk[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

async function start(sessionDirectory?: string): Promise<Engine> {
  engine = await createEngine({
    sessionDirectory,
    hostProgram: { script: hostProgram.script, env: { SCRIPT: JSON.stringify({ chunks: 20, chunkMs: 0 }) } },
    directories: directories({ SONIDESK_HOME: join(folder, 'home') }),
  });
  return engine;
}

describe.skipIf(!possible)('a disk that is full (skipped where small disks cannot be mounted)', () => {
  // 20 chunks of 4 KiB are 80 KiB for each of four stems.
  it('under the output folder: says so, leaves nothing there; with room the work is not done again', async () => {
    disk = smallDisk(200)!;
    const outputDirectory = join(disk.path, 'out');
    const request = { input: join(folder, 'song.wav'), outputDirectory };
    const first = await start();
    await expect(first.split(request)).rejects.toMatchObject({
      kind: 'no-space',
      message: expect.stringContaining('free some space'),
    });
    expect(await readdir(outputDirectory)).toEqual([]);
    const elsewhere = await first.split({ ...request, outputDirectory: join(folder, 'out') });
    expect(elsewhere.stems).toHaveLength(4);
  });

  it('under the session: says so, and goes on when there is room again', async () => {
    disk = smallDisk(500)!;
    const ballast = join(disk.path, 'ballast');
    await writeFile(ballast, Buffer.alloc(250_000));
    const request = { input: join(folder, 'song.wav'), outputDirectory: join(folder, 'out') };
    const first = await start(join(disk.path, 'session'));
    await expect(first.tag(request)).rejects.toMatchObject({ kind: 'no-space' });
    await rm(ballast);
    await expect(first.tag(request)).resolves.toMatchObject({ durationSeconds: 10 });
    await first.close();
    const again = await start(join(disk.path, 'session'));
    // There may have been no room even to note the failure.
    const states = again.jobs().map(({ state }) => state);
    expect(states).toEqual([expect.stringMatching(/^(failed|interrupted)$/), 'done']);
  });

  it('when the session is to be made: says so', async () => {
    disk = smallDisk(16)!;
    await expect(start(join(disk.path, 'session'))).rejects.toMatchObject({ kind: 'no-space' });
  });

  it('read-only under the output folder: says so before any work', async () => {
    disk = smallDisk(64)!;
    disk.makeReadOnly();
    const made = await start();
    await expect(
      made.split({ input: join(folder, 'song.wav'), outputDirectory: join(disk.path, 'out') }),
    ).rejects.toMatchObject({ kind: 'denied', message: expect.stringContaining('read-only') });
  });

  it('read-only under the session: says so', async () => {
    disk = smallDisk(64)!;
    disk.makeReadOnly();
    await expect(start(join(disk.path, 'session'))).rejects.toMatchObject({ kind: 'denied' });
  });
});
