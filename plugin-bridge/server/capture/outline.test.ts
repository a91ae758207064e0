import { expect, it } from 'vitest';
import { Outline } from './outline.ts';

it('draws bins of 1024 frames, whatever the blocks were, gaps as silence', () => {
  const outline = new Outline();
  const left = Float32Array.from({ length: 3000 }, (_, n) => (n < 1024 ? 0.5 : -0.25));
  const right = new Float32Array(3000);
  for (let at = 0; at < 3000; at += 700) outline.append([left, right], at, Math.min(700, 3000 - at));
  expect(outline.bins).toBe(2);
  outline.skip(72);
  outline.skip(2048);
  expect(outline.frames).toBe(5120);
  expect(outline.bins).toBe(5);
  const bins = [...outline.read(0, 100)];
  expect(bins.slice(0, 3)).toEqual([0, 64, Math.round(127 * Math.sqrt(0.125))]);
  expect(bins.slice(3, 6)).toEqual([-32, 0, Math.round(127 * Math.sqrt(0.25 ** 2 / 2))]);
  expect(bins.slice(9)).toEqual([0, 0, 0, 0, 0, 0]);
  expect([...outline.read(1, 1)]).toEqual(bins.slice(3, 6));
});

it('grows for hours', () => {
  const outline = new Outline();
  outline.skip(1024 * 5000);
  outline.append([Float32Array.of(...Array<number>(1024).fill(-1))], 0, 1024);
  expect([...outline.read(5000, 5)]).toEqual([-127, 0, 127]);
});
