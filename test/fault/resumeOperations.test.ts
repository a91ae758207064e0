import * as fc from 'fast-check';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { testSignal } from '../../main/audio/strip/testSignal.ts';
import type { MixPlan } from '../../main/contracts/mixPlan.ts';
import type { OperationInput, OperationName } from '../../main/contracts/operations.ts';
import { runOperation } from '../../main/inference/registry.ts';
import { conditionedPack } from '../support/conditionedPack.ts';
import { writeWav } from '../support/writeWav.ts';
import { folderContent } from './folderContent.ts';

/**
 * Operations that are cut short again and again, at any block and without a word (as `kill -9` does), with a
 * checkpoint after every block: the end is bit-equal to an undisturbed run, and no block before a checkpoint
 * is computed twice. The tests of `kill -9` proper are in killReal.slow.ts.
 */
let folder: string;
beforeAll(async () => {
  vi.stubEnv('SONIDESK_CHECKPOINT_MS', '0');
  vi.stubEnv('SONIDESK_PROVIDER', 'cpu');
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-resume-'));
  vi.stubEnv('SONIDESK_HOME', join(folder, 'home'));
  await conditionedPack(join(folder, 'home', 'packs'));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

class Killed extends Error {}

/** One life of an operation: it ends by itself, or at its `blocks`th sign of life. */
async function live(name: OperationName, input: unknown, directory: string, blocks: number) {
  let seen = 0;
  const output = await runOperation(name, input, {
    directory,
    signal: new AbortController().signal,
    progress: () => {
      if (++seen > blocks) throw new Killed();
    },
  }).catch((thrown: unknown) => {
    if (thrown instanceof Killed) return null;
    throw thrown;
  });
  return { output: withoutTimes(output), seen };
}

/** What a model run took is measured, and never the same twice. */
const withoutTimes = (output: unknown): unknown =>
  typeof output === 'object' && output !== null
    ? { ...output, seconds: undefined, realtimeFactor: undefined }
    : output;

/** What SoniDo's second stage takes, of a few seconds. */
async function sonidoInput(seconds: number): Promise<{ tokens: string; clips: string }> {
  const directory = await mkdtemp(join(folder, 'sonido-'));
  const input = { audio: await wav('sonido.wav', 44_100, 2, seconds), pack: 'sonido-s' };
  for (const name of ['tokenise', 'embed-clips'] as const) await live(name, input, directory, Infinity);
  return { tokens: join(directory, 'tokens.safetensors'), clips: join(directory, 'clips.safetensors') };
}

async function wav(name: string, sampleRate: number, channels: number, seconds: number): Promise<string> {
  const frames = Math.round(sampleRate * seconds);
  const [left, right] = testSignal({ kind: 'noise', level: 0.3, seed: seconds }, frames, sampleRate);
  // Notes, so that there is something to hear for beats and levels.
  const play = (plane: ArrayLike<number>) =>
    Float32Array.from(plane, (x, n) => x * Math.exp((-8 * (n % (sampleRate / 2))) / sampleRate));
  const planes = [play(left), play(right)].slice(0, channels);
  return writeWav(join(folder, name), planes, { sampleRate, encoding: 'int16' });
}

/** A plan in which every part of the strip has a state. */
const busyPlan = (names: readonly string[]): MixPlan => ({
  version: 1,
  tracks: names.map((name) => {
    const strip = neutralStrip();
    strip.highPass.enabled = true;
    strip.compressor = { ...strip.compressor, enabled: true, thresholdDb: -30, ratio: 4 };
    strip.eq = strip.eq.map((band) => ({ ...band, gainDb: 3 }));
    return { name, role: 'other', strip: { ...strip, pan: 0.2, sendDb: -10 }, moves: [] };
  }),
  reverb: { decaySeconds: 1.5, preDelayMs: 20 },
  before: { integratedLufs: null, truePeakDb: null },
  after: { integratedLufs: null, truePeakDb: null },
  reference: null,
});

async function repeated(name: string): Promise<string> {
  const piece = await readFile(resolve('main/audio/decode/fixtures', name));
  const path = join(folder, name);
  await writeFile(path, Buffer.concat(Array.from({ length: 200 }, () => piece)));
  return path;
}

interface Case<Name extends OperationName = OperationName> {
  readonly what: string;
  readonly name: Name;
  readonly input: () => Promise<OperationInput<Name>>;
  /** Blocks that are done again in every life. */
  readonly repeats?: number;
}
const operation = <Name extends OperationName>(made: Case<Name>) => made;

const cases = [
  operation({
    what: 'decode of WAV',
    name: 'decode',
    input: async () => ({ source: await wav('d.wav', 48_000, 2, 20) }),
  }),
  // Their decoders cannot be put back into a state: the part that is known is decoded once more.
  ...['tone.mp3', 'tone.aac'].map((file) =>
    operation({
      what: `decode of ${file}`,
      name: 'decode',
      input: async () => ({ source: await repeated(file) }),
      repeats: Infinity,
    }),
  ),
  operation({
    what: 'resample up',
    name: 'resample',
    input: async () => ({ audio: await wav('up.wav', 44_100, 2, 20), sampleRate: 48_000, channels: 2 }),
  }),
  operation({
    what: 'resample down, to mono',
    name: 'resample',
    input: async () => ({ audio: await wav('down.wav', 44_100, 2, 20), sampleRate: 22_050, channels: 1 }),
  }),
  operation({
    what: 'peaks',
    name: 'peaks',
    input: async () => ({ audio: await wav('p.wav', 48_000, 2, 20) }),
  }),
  operation({
    what: 'tokenise',
    name: 'tokenise',
    input: async () => ({ audio: await wav('s.wav', 44_100, 2, 20), pack: 'sonido-s' }),
  }),
  operation({
    what: 'embed-clips',
    name: 'embed-clips',
    input: async () => ({ audio: await wav('e.wav', 44_100, 2, 0.05), pack: 'conditioned' }),
  }),
  operation({
    what: 'features',
    name: 'features',
    input: async () => ({
      ...(await sonidoInput(12)),
      pack: 'sonido-s',
      level: 'fine' as const,
    }),
  }),
  operation({
    what: 'recognise',
    name: 'recognise',
    input: async () => ({
      audio: await wav('r.wav', 44_100, 2, 30),
      pack: 'sonido-tags',
      features: null,
    }),
  }),
  operation({
    what: 'tag',
    name: 'tag',
    input: async () => ({ audio: await wav('t.wav', 44_100, 2, 20) }),
  }),
  operation({
    what: 'select-stems',
    name: 'select-stems',
    input: async () => ({
      source: await wav('song.wav', 44_100, 2, 20),
      stems: [{ stem: 'vocals', audio: await wav('vocals.wav', 44_100, 2, 20) }],
      remainder: 'no_vocals',
    }),
  }),
  operation({
    what: 'mix, with a reference',
    name: 'mix',
    input: async () => ({
      tracks: [
        { name: 'drums', audio: await wav('m1.wav', 22_050, 1, 4) },
        { name: 'vox', audio: await wav('m2.wav', 16_000, 2, 3), start: 10_000 },
      ],
      reference: await wav('m3.wav', 22_050, 2, 4),
    }),
  }),
  operation({
    what: 'render-mix',
    name: 'render-mix',
    input: async () => ({
      tracks: [
        { name: 'a', audio: await wav('x1.wav', 44_100, 1, 5) },
        { name: 'b', audio: await wav('x2.wav', 48_000, 2, 4), start: 30_000 },
      ],
      plan: busyPlan(['a', 'b']),
    }),
  }),
];

describe('an operation that is killed at any block', () => {
  it.each(cases)('$what: goes on there, bit-equal', async ({ name, input: make, repeats = 2 }) => {
    const input = await make();
    const calmly = await mkdtemp(join(folder, `${name}-calm-`));
    const calm = await live(name, input, calmly, Infinity);
    const content = await folderContent(calmly);
    const deaths = fc.array(fc.nat({ max: calm.seen - 1 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(deaths, async (lives) => {
        const directory = await mkdtemp(join(folder, `${name}-killed-`));
        let blocks = 0;
        let last = null;
        for (const most of [...lives, Infinity]) {
          last = await live(name, input, directory, most);
          blocks += last.seen;
          if (last.output !== null) break;
        }
        expect(last?.output).toEqual(calm.output);
        expect(await folderContent(directory)).toEqual(content);
        expect(blocks).toBeLessThanOrEqual(calm.seen + repeats * lives.length);
      }),
      { numRuns: 3 },
    );
  });
});

describe('an operation that is cancelled', () => {
  it.each(cases)('$what: stops within a block, and goes on later', async ({ name, input: make }) => {
    const input = await make();
    const calmly = await mkdtemp(join(folder, `${name}-calm-`));
    const calm = await live(name, input, calmly, Infinity);
    const directory = await mkdtemp(join(folder, `${name}-cancelled-`));
    const controller = new AbortController();
    let after = 0;
    const cancelled = runOperation(name, input, {
      directory,
      signal: controller.signal,
      progress: () => {
        if (controller.signal.aborted) after++;
        controller.abort();
      },
    });
    await expect(cancelled).rejects.toThrow('aborted');
    expect(after).toBeLessThanOrEqual(1);
    expect((await live(name, input, directory, Infinity)).output).toEqual(calm.output);
    expect(await folderContent(directory)).toEqual(await folderContent(calmly));
  });
});
