import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { levelImages } from './levelImage.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-level-image-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A features file of the coarse level with features of width 2. */
async function featuresFile(codes: Float32Array): Promise<string> {
  const path = join(folder, 'f.safetensors');
  const shapes = [
    { name: 'tokens.coarse', dtype: 'I16', shape: [codes.length] },
    { name: 'features.coarse', dtype: 'F16', shape: [codes.length, 2] },
  ] as const;
  const file = await TensorFile.create(path, shapes, { 'features.coarse.rate_hz': '21.5' });
  if (codes.length > 0) {
    await file.write('tokens.coarse', 0, codes);
    await file.write(
      'features.coarse',
      0,
      Float32Array.from({ length: 2 * codes.length }, (_, i) => (i % 2 === 0 ? 1 : -1) * codes[i >> 1]!),
    );
  }
  await file.close();
  return path;
}

describe('levelImages', () => {
  it('counts the codes of the whole piece, also those that no column looks at', async () => {
    const codes = Float32Array.from({ length: 1000 }, (_, n) => n);
    const [image] = await levelImages(await featuresFile(codes), 2);
    expect(image).toMatchObject({ level: 'coarse', rateHz: 21.5, codesUsed: 1000 });
    expect(image!.codes.map((column) => column[0])).toEqual([0, 500]);
    expect([...image!.features[1]!]).toEqual([507.5, -507.5]);
  });

  it('shows nothing of a piece without a frame', async () => {
    const [image] = await levelImages(await featuresFile(new Float32Array(0)), 2);
    expect(image).toMatchObject({ codesUsed: 0 });
    expect(image!.codes.map((column) => column.length)).toEqual([0, 0]);
    expect(image!.features.map((row) => [...row])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
