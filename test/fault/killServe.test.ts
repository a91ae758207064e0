import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { Session } from '../../main/engine/session/session.ts';
import { sameAudio, toneAt } from '../support/servedBridge.ts';
import { ServingCli } from '../support/servingCli.ts';
import { SimulatedPlugin } from '../support/simulatedPlugin.ts';

let home: string;
let serving: ServingCli | undefined;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-kill-'));
});
afterEach(async () => {
  await serving?.end('SIGKILL');
  await rm(home, { recursive: true });
});

const sessionFolder = () => join(home, 'session');

/** Waits until the file itself says that it holds so many frames. */
async function untilOnDisk(file: string, frames: number): Promise<void> {
  for (;;) {
    const reader = await openWav(file).catch(() => null);
    const found = reader?.frames ?? 0;
    await reader?.close();
    if (found >= frames) return;
    await sleep(20);
  }
}

async function audioOf(session: Session, audio: string): Promise<Float32Array[]> {
  const reader = await openWav(join(session.audioDirectory, audio));
  try {
    if (reader.warning !== null) throw new Error(reader.warning);
    return await reader.read(0, reader.frames);
  } finally {
    await reader.close();
  }
}

describe('a server that is killed while the transport rolls', () => {
  it('loses at most what had not been put on disk; the next one goes on with the same plugin', async () => {
    serving = await ServingCli.start(home, sessionFolder());
    const plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Bass' });
    const safe = 96_000;
    for (let at = 0; at < safe; at += 1000) plugin.play(at, toneAt(at, 1000));
    const { take } = await serving.event('take-started');
    const before = await Session.open(sessionFolder()).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    // One writer: nobody else gets at the session meanwhile.
    expect(before).toMatchObject({ kind: 'busy' });
    const [file] = await readdir(join(sessionFolder(), 'audio'));
    await untilOnDisk(join(sessionFolder(), 'audio', file!), safe);
    for (let at = safe; at < safe + 10_000; at += 1000) plugin.play(at, toneAt(at, 1000));
    await serving.end('SIGKILL');
    await plugin.closed();

    serving = await ServingCli.start(home, sessionFolder());
    expect((await serving.event('recovered')).message).toMatch(/A take of Bass .* recovered: \d/);
    using again = await SimulatedPlugin.connect(serving.endpointFile, { instance: plugin.instance });
    const later = safe + 48_000;
    for (let at = later; at < later + 5000; at += 1000) again.play(at, toneAt(at, 1000));
    again.stop();
    await serving.event('take-ended');
    expect(await serving.end()).toBe(0);

    const session = await Session.open(sessionFolder());
    try {
      const [recovered, second, ...more] = session.tracks.takes(plugin.instance);
      expect(more).toEqual([]);
      expect(recovered).toMatchObject({ id: take, state: 'recovered', hostStart: 0, gaps: [] });
      expect(recovered!.frames).toBeGreaterThanOrEqual(safe);
      expect(recovered!.frames).toBeLessThanOrEqual(safe + 10_000);
      expect(sameAudio(await audioOf(session, recovered!.audio), toneAt(0, recovered!.frames))).toBe(true);
      expect(second).toMatchObject({ state: 'complete', hostStart: later, frames: 5000 });
      expect(sameAudio(await audioOf(session, second!.audio), toneAt(later, 5000))).toBe(true);
    } finally {
      session.close();
    }
  });
});
