import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeWav } from '../../../test/support/writeWav.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { drawFeatures, type FeaturePicture } from './drawFeatures.ts';

let folder: string;
let picture: FeaturePicture;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-draw-'));
  const frames = 4096;
  const audio = await writeWav(join(folder, 'a.wav'), [new Float32Array(frames).fill(0.1)], {
    sampleRate: 44_100,
  });
  picture = { audio, tensors: join(folder, 'f.safetensors'), output: join(folder, 'f.png') };
  const file = await TensorFile.create(
    picture.tensors,
    [
      { name: 'tokens.coarse', dtype: 'I16', shape: [2] },
      { name: 'clip', dtype: 'F32', shape: [1, 4] },
      { name: 'features.coarse', dtype: 'F16', shape: [2, 8] },
    ],
    {
      sample_rate: '44100',
      samples: String(frames),
      'features.coarse.rate_hz': '21.5',
      'clip.hop': '262144',
      'clip.window': '524288',
    },
  );
  await file.close();
});
afterEach(() => rm(folder, { recursive: true }));

describe('drawFeatures', () => {
  it('draws a piece of two frames that are the same', async () => {
    await drawFeatures(picture);
    expect((await readFile(picture.output)).subarray(1, 4).toString()).toBe('PNG');
  });

  it('writes nothing when it is cancelled while it draws', async () => {
    const controller = new AbortController();
    const drawn = drawFeatures(picture, controller.signal);
    setTimeout(() => controller.abort(), 1);
    await expect(drawn).rejects.toMatchObject({ name: 'AbortError' });
    expect((await readdir(folder)).sort()).toEqual(['a.wav', 'f.safetensors']);
  });
});
