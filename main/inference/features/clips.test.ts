import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { conditionedPack } from '../../../test/support/conditionedPack.ts';
import { writeWav } from '../../../test/support/writeWav.ts';
import type { OperationName, OperationOutput } from '../../contracts/operations.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { runOperation } from '../registry.ts';
import { clipCount, clipOf, type ClipLayout } from './clipLayout.ts';

const clip: ClipLayout = { window: 256, hop: 128, dimension: 64, input: 'audio', output: 'clip' };
const contexts = [
  { context: 512, perCoarse: 1 },
  { context: 512, perCoarse: 4 },
  { context: 1024, perCoarse: 16 },
];

describe('the grid of clips', () => {
  it('has full windows, and one of a piece that is shorter', () => {
    const counts = [0, 1, 255, 256, 383, 384, 511, 512, 560].map((tokens) => clipCount(clip, tokens));
    expect(counts).toEqual([1, 1, 1, 1, 1, 2, 2, 3, 3]);
  });

  it('gives a window the embedding with the nearest centre, the later of two', () => {
    const [coarse, medium] = contexts;
    // Centres of the windows at 256, 320 and 512 coarse tokens, of the embeddings at 128, 256, 384.
    expect(clipOf(clip, coarse!, 0, 3)).toBe(1);
    expect(clipOf(clip, medium!, 256 * 4, 5)).toBe(2);
    expect(clipOf(clip, coarse!, 256, 3)).toBe(2);
  });

  it('needs no more of a piece than 192 coarse tokens after the centre of a window', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...contexts),
        fc.nat(400),
        fc.nat(3000),
        fc.nat(3000),
        (level, window, more, yetMore) => {
          const start = (window * level.context) / 2;
          const centre = Math.floor((start + level.context / 2) / level.perCoarse);
          const ends = [centre + 192 + more, centre + 192 + more + yetMore];
          const [early, late] = ends.map((tokens) => clipOf(clip, level, start, clipCount(clip, tokens)));
          expect(early).toBe(late);
        },
      ),
    );
  });
});

describe('features with a condition', () => {
  let folder: string;
  let pack: Awaited<ReturnType<typeof conditionedPack>>;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sonidesk-clips-'));
    vi.stubEnv('SONIDESK_HOME', join(folder, 'home'));
    vi.stubEnv('SONIDESK_PROVIDER', 'cpu');
    pack = await conditionedPack(join(folder, 'home', 'packs'));
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  async function run<Name extends OperationName>(name: Name, input: object) {
    const directory = await mkdtemp(join(folder, `${name}-`));
    const context = { directory, signal: new AbortController().signal, progress: () => {} };
    const output = await runOperation(name, { ...input, pack: pack.id }, context);
    return { directory, output: output as OperationOutput<Name> };
  }

  /** Sound of so many coarse tokens, each louder than the one before. */
  const rising = (tokens: number): Promise<string> => {
    const left = Float32Array.from(
      { length: tokens * pack.hop - 5 },
      (_, i) => Math.floor(i / pack.hop) / 64,
    );
    const planes = [left, left.map((value) => -value)];
    return writeWav(join(folder, `${tokens}.wav`), planes, { sampleRate: 44_100, encoding: 'float32' });
  };

  it.each([3, 8, 11, 30])(
    'are those of each window’s clip, in a piece of %i coarse tokens',
    async (tokens) => {
      const audio = await rising(tokens);
      const stage1 = await run('tokenise', { audio });
      const embedded = await run('embed-clips', { audio });
      const clips = join(embedded.directory, embedded.output.clips);
      const file = await TensorFile.read(clips);
      const count = clipCount(pack.clip, tokens);
      expect(file.metadata).toMatchObject({ 'clip.hop': '64', 'clip.window': '128', pack: pack.id });
      expect(file.tensor('clip').shape).toEqual([count, 2]);
      const found = await file.rows('clip', 0, Infinity);
      await file.close();
      // The mean of the left channel over the clip's window, and that of the right.
      for (let k = 0; k < count; k++) {
        let sum = 0;
        for (let i = k * 64; i < Math.min(k * 64 + 128, tokens * pack.hop - 5); i++)
          sum += Math.floor(i / pack.hop) / 64;
        expect(found[2 * k]).toBeCloseTo(sum / 128, 5);
        expect(found[2 * k + 1]).toBeCloseTo(-sum / 128, 5);
      }
      for (const [index, level] of (['coarse', 'medium', 'fine'] as const).entries()) {
        const input = { tokens: join(stage1.directory, stage1.output.tokens), clips, level };
        const second = await run('features', input);
        const features = await TensorFile.read(join(second.directory, second.output.features));
        const rows = await features.rows(`features.${level}`, 0, Infinity);
        await features.close();
        const context = pack.contexts[index]!;
        const perCoarse = 4 ** index;
        for (let frame = 0; frame < tokens * perCoarse; frame++) {
          const window = Math.max(0, Math.floor((frame + 1) / (context / 2)) - 1);
          const k = clipOf(pack.clip, { context, perCoarse }, (window * context) / 2, count);
          expect(rows[2 * frame]).toBeCloseTo(found[2 * k]!, 2);
        }
      }
    },
  );

  it('are refused of a file that has none', async () => {
    const audio = await rising(3);
    const { directory, output } = await run('tokenise', { audio });
    const tokens = join(directory, output.tokens);
    await expect(run('features', { tokens, level: 'coarse', clips: tokens })).rejects.toThrow('"clip"');
  });
});
