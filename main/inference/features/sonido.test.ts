import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { temporaryHome } from '../../../test/support/tinyPack.ts';
import { writeWav } from '../../../test/support/writeWav.ts';
import { featureLevels, type FeatureLevel } from '../../contracts/features.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { loadModel, type Model } from '../onnx/model.ts';
import { findPack } from '../packs/findPack.ts';
import type { InstalledPack } from '../packs/installedPack.ts';
import { runOperation } from '../registry.ts';
import { memoryAudio } from '../separate/memoryAudio.ts';
import { goldenSignal } from '../../../test/support/goldenSignal.ts';
import { levelOf, sonidoLayout, type SonidoLayout } from './sonidoLayout.ts';
import { planTokens, tokensOfChunk } from './stage1.ts';
import { clipCount } from './clipLayout.ts';
import { readAudio } from './readAudio.ts';
import { featuresOfWindows, framesOf, windowCount, type PieceSource } from './stage2.ts';

/** On the shipped weights. */
const packId = 'sonido-s';
/** Numbers that were computed in other pieces differ by rounding alone: this part of the largest magnitude... */
const rounding = 1e-4;
/** ... and of the codes at most these, which lay as near to another code. */
const mostTies = 1e-3;

let home: Awaited<ReturnType<typeof temporaryHome>>;
let folder: string;
let pack: InstalledPack;
let layout: SonidoLayout;
let stage1: Model;
let clipModel: Model;
const stage2 = new Map<FeatureLevel, Model>();
beforeAll(async () => {
  home = await temporaryHome();
  vi.stubEnv('SONIDESK_PROVIDER', 'cpu');
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-sonido-'));
  pack = await findPack(packId);
  layout = sonidoLayout(pack.manifest);
  stage1 = await loadModel(pack, { provider: 'cpu' });
  clipModel = await loadModel(pack, { provider: 'cpu', graph: 'clip' });
  for (const level of featureLevels)
    stage2.set(level, await loadModel(pack, { provider: 'cpu', graph: level }));
}, 120_000);
afterAll(async () => {
  for (const model of [stage1, clipModel, ...stage2.values()]) await model.close();
  await rm(folder, { recursive: true });
  vi.unstubAllEnvs();
  await home.remove();
});

const ofMemory = (planes: readonly Float32Array[]) => memoryAudio(planes, layout.sampleRate);

/** Codes per level of a whole piece, in runs of so many coarse tokens. */
async function tokensOf(planes: readonly Float32Array[], windowTokens: number): Promise<number[][]> {
  const cut = { ...layout, windowTokens };
  const audio = ofMemory(planes);
  const all: number[][] = layout.levels.map(() => []);
  for (let index = 0; index < planTokens(cut, audio.frames).count; index++) {
    const chunk = await tokensOfChunk(stage1, pack.manifest.model, cut, audio, index);
    chunk.forEach((codes, level) => all[level]!.push(...codes));
  }
  return all;
}

/** Clip embeddings of a whole piece. */
async function clipsOf(planes: readonly Float32Array[]): Promise<Float32Array[]> {
  const audio = ofMemory(planes);
  const { window, hop } = layout.clip;
  const clips: Float32Array[] = [];
  for (let k = 0; k < clipCount(layout.clip, audio.frames / layout.hop); k++) {
    const data = await readAudio(audio, k * hop * layout.hop, window * layout.hop);
    const results = await clipModel.run({
      [layout.clip.input]: { data, dims: [1, 2, window * layout.hop] },
    });
    clips.push(results[layout.clip.output]!.data);
  }
  return clips;
}

/** Embeddings that no two are alike of. */
const anyClips = (tokens: number): Float32Array[] =>
  Array.from({ length: clipCount(layout.clip, tokens) }, (_, k) =>
    Float32Array.from({ length: layout.clip.dimension }, (_, i) => Math.SQRT2 * Math.sin(7 * k + i)),
  );

/** Features of one level for some tokens per level and clip embeddings, so many windows at a time. */
async function featuresOf(
  name: FeatureLevel,
  tokens: readonly number[][],
  batch: number,
  clips = anyClips(tokens[0]!.length),
): Promise<number[]> {
  const level = levelOf(layout, name);
  const own = tokens[layout.levels.indexOf(level)]!;
  const windows = windowCount(level, own.length);
  const parts: Float32Array[] = [];
  for (let first = 0; first < windows; first += batch) {
    const count = Math.min(batch, windows - first);
    const source: PieceSource = {
      tokens: (of, start, wanted) =>
        Promise.resolve(Float32Array.from(tokens[layout.levels.indexOf(of)]!.slice(start, start + wanted))),
      clips: {
        layout: layout.clip,
        count: clips.length,
        embedding: (index) => Promise.resolve(clips[index]!),
      },
    };
    parts.push(await featuresOfWindows(stage2.get(name)!, level, source, own.length, { first, count }));
  }
  return parts.flatMap((part) => [...part]);
}

const different = (a: readonly number[], b: readonly number[]) => a.filter((code, i) => code !== b[i]).length;
function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  let peak = 0;
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    peak = Math.max(peak, Math.abs(a[i]!));
  }
  return peak === 0 ? most : most / peak;
}

describe('stage 1', () => {
  it('gives the same codes however a piece is cut', async () => {
    const signal = goldenSignal(60 * layout.hop, layout.sampleRate);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 * layout.hop }),
        fc.integer({ min: 2 * layout.contextTokens + 1, max: 80 }),
        async (frames, windowTokens) => {
          const part = signal.map((plane) => plane.subarray(0, frames));
          const whole = await tokensOf(part, 200);
          const cut = await tokensOf(part, windowTokens);
          for (const [level, codes] of whole.entries()) {
            expect(cut[level]!.length).toBe(codes.length);
            expect(different(codes, cut[level]!)).toBeLessThanOrEqual(Math.ceil(mostTies * codes.length));
          }
        },
      ),
      { numRuns: 6 },
    );
  }, 120_000);
});

describe('stage 2', () => {
  /** Codes that nothing repeats in. */
  const randomTokens = (coarse: number): number[][] => {
    let state = 7;
    return layout.levels.map(({ hop, codes }) =>
      Array.from({ length: (coarse * layout.hop) / hop }, () => {
        state = (state * 48271) % 2147483647;
        return state % codes;
      }),
    );
  };

  it('has windows that give every frame once', () => {
    fc.assert(
      fc.property(fc.nat(3000), fc.constantFrom(...featureLevels), (tokens, name) => {
        const level = levelOf(layout, name);
        let next = 0;
        for (let index = 0; index < windowCount(level, tokens); index++) {
          const { first, end } = framesOf(level, tokens, index);
          expect(first).toBe(next);
          expect(end).toBeGreaterThan(first);
          // The window has to hold the frame before its end, and half of its past.
          expect(end).toBeLessThan((index * level.context) / 2 + level.context);
          next = end;
        }
        expect(next).toBe(tokens);
      }),
    );
  });

  it.each(featureLevels)(
    'gives the same %s features however many windows are run at once',
    async (name) => {
      const tokens = randomTokens(name === 'coarse' ? 800 : name === 'medium' ? 300 : 110);
      const one = await featuresOf(name, tokens, 1);
      const { width, hop } = levelOf(layout, name);
      expect(one.length).toBe(((tokens[0]!.length * layout.hop) / hop) * width);
      for (const batch of [2, 3])
        expect(furthest(one, await featuresOf(name, tokens, batch))).toBeLessThan(rounding);
    },
    120_000,
  );

  it.each(featureLevels)(
    'gives %s features that do not depend on what comes later',
    async (name) => {
      const tokens = randomTokens(90);
      const all = await featuresOf(name, tokens, 2);
      const { width, hop } = levelOf(layout, name);
      // Up to what the finer levels see of the tokens above: four of them.
      const certain = ((70 - 5) * layout.hop * width) / hop;
      const beginning = await featuresOf(
        name,
        tokens.map((codes, level) => codes.slice(0, (70 * layout.hop) / layout.levels[level]!.hop)),
        2,
      );
      expect(furthest(all.slice(0, certain), beginning.slice(0, certain))).toBeLessThan(rounding);
    },
    120_000,
  );
});

describe('features', () => {
  it('answer to a click at its time, within a frame of each level', async () => {
    const frames = 40 * layout.hop;
    const quiet = goldenSignal(frames, layout.sampleRate).map((plane) => plane.map((x) => 0.1 * x));
    const click = goldenSignal(220, layout.sampleRate)[0]!.map((x) => Math.max(-0.9, Math.min(0.9, 60 * x)));
    const before = await tokensOf(quiet, 128);
    const clipsBefore = await clipsOf(quiet);
    const clipsAfter: Float32Array[][] = [];
    const clicks = Array.from({ length: 8 }, (_, i) => Math.round((14.1 + 1.77 * i) * layout.hop));
    const after: number[][][] = [];
    for (const at of clicks) {
      const clicked = quiet.map((plane) => plane.slice());
      for (const plane of clicked) plane.set(click, at);
      after.push(await tokensOf(clicked, 128));
      clipsAfter.push(await clipsOf(clicked));
    }
    for (const name of featureLevels) {
      const { hop, width } = levelOf(layout, name);
      const still = await featuresOf(name, before, 2, clipsBefore);
      // The change of each frame around the click, summed over the clicks: [offset + reach].
      const reach = Math.round((8 * layout.hop) / hop);
      const response = new Float64Array(2 * reach + 1);
      for (const [index, at] of clicks.entries()) {
        const moved = await featuresOf(name, after[index]!, 2, clipsAfter[index]);
        const own = Math.floor((at + click.length / 2) / hop);
        for (let offset = -reach; offset <= reach; offset++) {
          const row = (own + offset) * width;
          response[offset + reach]! += furthest(still.slice(row, row + width), moved.slice(row, row + width));
        }
      }
      const strongest = response.indexOf(Math.max(...response)) - reach;
      expect({ name, near: Math.abs(strongest) <= 1 }).toEqual({ name, near: true });
    }
  }, 120_000);

  it('are those of PyTorch', async () => {
    const golden = await TensorFile.read(resolve('test/golden/sonido-s/features.safetensors'));
    const seconds = Number(golden.metadata['seconds']);
    const every = Number(golden.metadata['every']);
    const planes = goldenSignal(seconds * layout.sampleRate, layout.sampleRate);
    const audio = await writeWav(join(folder, 'golden.wav'), planes, {
      sampleRate: 44100,
      encoding: 'float32',
    });
    const run = async (name: 'tokenise' | 'embed-clips' | 'features', input: unknown) => {
      const directory = await mkdtemp(join(folder, `${name}-`));
      const signal = new AbortController().signal;
      return {
        directory,
        output: await runOperation(name, input, { directory, signal, progress: () => {} }),
      };
    };
    const first = await run('tokenise', { audio, pack: packId });
    const tokensFile = join(first.directory, (first.output as OperationOutput<'tokenise'>).tokens);
    const tokens = await TensorFile.read(tokensFile);
    const embedded = await run('embed-clips', { audio, pack: packId });
    const clips = join(embedded.directory, (embedded.output as OperationOutput<'embed-clips'>).clips);
    const file = await TensorFile.read(clips);
    const found = await file.rows('clip', 0, Infinity);
    await file.close();
    const wanted = await golden.rows('clip', 0, Infinity);
    expect(found.length).toBe(wanted.length);
    expect(furthest(wanted, found)).toBeLessThan(2e-3);
    for (const level of featureLevels) {
      const name = `tokens.${level}`;
      const wanted = [...(await golden.rows(name, 0, Infinity))];
      const found = [...(await tokens.rows(name, 0, Infinity))];
      expect(found.length).toBe(wanted.length);
      expect(different(wanted, found)).toBeLessThanOrEqual(mostTies * wanted.length);

      const second = await run('features', { tokens: tokensFile, clips, pack: packId, level });
      const output = second.output as OperationOutput<'features'>;
      const features = await TensorFile.read(join(second.directory, output.features));
      const [rows, width] = features.tensor(`features.${level}`).shape;
      expect(rows).toBe(wanted.length);
      const kept = await golden.rows(`features.${level}`, 0, Infinity);
      const all = await features.rows(`features.${level}`, 0, Infinity);
      const same = Array.from({ length: kept.length / width! }, (_, row) =>
        all.subarray(row * every * width!, (row * every + 1) * width!),
      );
      // Float16 weights and storage: 2e-3 of the largest magnitude, in all but the rows that follow another code.
      const far = same.filter((row, i) => furthest(kept.subarray(i * width!, (i + 1) * width!), row) > 4e-3);
      expect(far.length / same.length).toBeLessThan(0.05);
      await features.close();
    }
    await tokens.close();
    await golden.close();
  }, 120_000);

  it('of nothing are empty', async () => {
    const tokens = await tokensOf([new Float32Array(0), new Float32Array(0)], 128);
    expect(tokens).toEqual([[], [], []]);
    expect(await featuresOf('fine', tokens, 2)).toEqual([]);
  });

  it('are refused of another kind of pack, or of audio at another rate', async () => {
    const planes = [new Float32Array(10), new Float32Array(10)];
    const audio = await writeWav(join(folder, 'r.wav'), planes, { sampleRate: 48000, encoding: 'float32' });
    const context = { directory: folder, signal: new AbortController().signal, progress: () => {} };
    await expect(runOperation('tokenise', { audio, pack: packId }, context)).rejects.toThrow(
      'needs 44100 Hz and 2. Resample it first.',
    );
    await expect(runOperation('tokenise', { audio, pack: 'basic-pitch' }, context)).rejects.toMatchObject({
      kind: 'not-found',
    });
  });
});
