import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { installFactorsPack } from '../../../test/support/factorsPack.ts';
import { createWav } from '../../audio/wav/wavWriter.ts';
import { withUserNotes } from '../host/userNotes.ts';
import { separate } from '../separate/separate.ts';
import { installToneModel } from '../../../test/support/toneModel.ts';
import { transcribe } from '../transcribe/transcribe.ts';
import type { createSession } from './session.ts';
import { releaseWarm } from './warmSessions.ts';

/** A graphics device that is lost in the middle: computes as the CPU does until then. */
const device = vi.hoisted(() => ({ runsLeft: 0, loads: [] as string[] }));
vi.mock('./session.ts', async (original) => {
  const real = await original<{ createSession: typeof createSession }>();
  return {
    createSession: async (...[file, options]: Parameters<typeof createSession>) => {
      device.loads.push(options.provider);
      const session = await real.createSession(file, { ...options, provider: 'cpu' });
      if (options.provider === 'cpu') return session;
      const run = session.run.bind(session);
      session.run = ((...feeds: Parameters<typeof run>) => {
        if (device.runsLeft-- <= 0) throw new Error('Device lost.');
        return run(...feeds);
      }) as typeof run;
      return session;
    },
  };
});

const rate = 44_100;
let home: string;
let notes: string[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-fallback-'));
  vi.stubEnv('SONIDESK_HOME', home);
  // Makes WebGPU a provider that this machine offers.
  vi.stubEnv('VK_DRIVER_FILES', 'any.json');
  notes = [];
  device.loads = [];
});
afterEach(async () => {
  await releaseWarm();
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

async function song(sampleRate: number, channels: number): Promise<string> {
  const path = join(home, `${sampleRate}.wav`);
  const writer = await createWav(path, { sampleRate, channels, encoding: 'float32' });
  const plane = (channel: number) =>
    Float32Array.from({ length: sampleRate }, (_, n) =>
      Math.sin((n * (440 + channel) * 2 * Math.PI) / sampleRate),
    );
  await writer.write(Array.from({ length: channels }, (_, channel) => plane(channel)));
  await writer.close();
  return path;
}

/** One operation with `runsLeft` runs until the device is lost, in a folder of its own. */
async function on<Output extends { provider: string }>(
  provider: string,
  runsLeft: number,
  operation: (context: { directory: string; signal: AbortSignal; progress: () => void }) => Promise<Output>,
): Promise<{ output: Output; directory: string }> {
  vi.stubEnv('SONIDESK_PROVIDER', provider);
  device.runsLeft = runsLeft;
  const directory = await mkdtemp(join(home, 'job-'));
  const context = { directory, signal: new AbortController().signal, progress: () => {} };
  const output = await withUserNotes(
    (note) => notes.push(note),
    () => operation(context),
  );
  await releaseWarm();
  return { output, directory };
}

describe('a provider that fails in the middle of a job', () => {
  it('leaves a separation to the CPU: the same bytes, and a note for the user', async () => {
    await installFactorsPack(home);
    const source = await song(rate, 2);
    const input = { source, model: source, pack: 'factors', range: null };
    const lost = await on('webgpu', 2, (context) => separate(input, context));
    expect(lost.output.provider).toBe('cpu');
    expect(notes).toEqual(['webgpu failed (Device lost.); the CPU goes on.']);
    expect(device.loads).toEqual(['webgpu', 'cpu']);
    const calm = await on('cpu', 0, (context) => separate(input, context));
    for (const file of ['vocals.wav', 'other.wav']) {
      expect(await readFile(join(lost.directory, file))).toEqual(await readFile(join(calm.directory, file)));
    }
    const whole = await on('webgpu', 99, (context) => separate(input, context));
    expect(whole.output.provider).toBe('webgpu');
    expect(notes).toHaveLength(1);
  });

  it('leaves a transcription to the CPU as well', async () => {
    await mkdir(join(home, 'packs'));
    const pack = await installToneModel(join(home, 'packs'));
    const thresholds = {
      onsetThreshold: 0.5,
      frameThreshold: 0.3,
      minNoteSeconds: 0.1,
      minHz: null,
      maxHz: null,
    };
    const input = { audio: await song(22_050, 1), pack, ...thresholds };
    const lost = await on('webgpu', 1, (context) => transcribe(input, context));
    expect(lost.output).toMatchObject({ provider: 'cpu', count: 1 });
    expect(notes).toEqual(['webgpu failed (Device lost.); the CPU goes on.']);
    const calm = await on('cpu', 0, (context) => transcribe(input, context));
    expect(await readFile(join(lost.directory, 'notes.json'))).toEqual(
      await readFile(join(calm.directory, 'notes.json')),
    );
  });
});
