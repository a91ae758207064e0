import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPack } from '../packs/findPack.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { temporaryHome } from '../../../test/support/tinyPack.ts';
import { FeatureRows } from './featureRows.ts';
import { headLayout, type HeadLayout } from './headLayout.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
let folder: string;
let layout: HeadLayout;
beforeAll(async () => {
  home = await temporaryHome();
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-rows-'));
  layout = headLayout((await findPack('sonido-tags')).manifest);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await home.remove();
});

const coarse = 600;

async function write(name: string, rows: number, value: (row: number) => number): Promise<string> {
  const path = join(folder, `${name}.safetensors`);
  const metadata = {
    pack: layout.featuresPack,
    pack_version: layout.featuresVersion,
    'features.coarse.hop': '2048',
    'clip.hop': String(128 * 2048),
    'clip.window': String(256 * 2048),
  };
  const file = await TensorFile.create(path, [{ name, dtype: 'F32', shape: [rows, 2] }], metadata);
  await file.write(
    name,
    0,
    Float32Array.from({ length: 2 * rows }, (_, n) => value(Math.floor(n / 2)) + (n % 2)),
  );
  await file.close();
  return path;
}

describe('the rows that the head hears', () => {
  it('are coarse states, means of the finer ones and the embedding of the nearest clip, zeros past the end', async () => {
    const rows = await FeatureRows.open(
      {
        coarse: await write('features.coarse', coarse, (row) => row),
        medium: await write('features.medium', 4 * coarse, (row) => row),
        fine: await write('features.fine', 16 * coarse, (row) => row % 16),
        // Centres at 128, 256 and 384 coarse tokens.
        clips: await write('clip', 3, (row) => 1000 * (row + 1)),
      },
      layout,
    );
    try {
      for (const [row, clip] of [
        [0, 1000],
        [191, 1000],
        [192, 2000],
        [320, 3000],
        [599, 3000],
      ] as const) {
        const [own, next] = [await rows.read(row, 1, 8), await rows.read(row, 2, 8)];
        const medium = 4 * row + 1.5;
        expect([...own]).toEqual([row, row + 1, medium, medium + 1, 7.5, 8.5, clip, clip + 1]);
        expect(next.subarray(0, 8)).toEqual(own);
      }
      expect([...(await rows.read(599, 2, 8)).subarray(8)]).toEqual(Array.from({ length: 8 }, () => 0));
      await expect(rows.read(0, 1, 9)).rejects.toMatchObject({ kind: 'corrupt' });
    } finally {
      await rows.close();
    }
  });
});
