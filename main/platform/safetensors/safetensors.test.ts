import { mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from './float16.ts';
import { joinTensors } from './joinTensors.ts';
import { layoutOf } from './layout.ts';
import { TensorFile } from './tensorFile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-tensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('half precision', () => {
  it('keeps every half', () => {
    const changed: number[] = [];
    for (let half = 0; half < 0x10000; half++) {
      const value = fromHalf(half);
      const kept = Number.isNaN(value) ? Number.isNaN(fromHalf(toHalf(value))) : toHalf(value) === half;
      if (!kept) changed.push(half);
    }
    expect(changed).toEqual([]);
  });

  it('takes the nearest, ties to even', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0x7bfe }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (low, at) => {
          const below = fromHalf(low);
          const above = fromHalf(low + 1);
          const value = Math.fround(below + at * (above - below));
          const nearest = value - below < above - value || (value - below === above - value && low % 2 === 0);
          expect(toHalf(value)).toBe(nearest ? low : low + 1);
          expect(toHalf(-value)).toBe(0x8000 | (nearest ? low : low + 1));
        },
      ),
    );
    expect([65519, 65520, 1e10, -Infinity].map((value) => toHalf(value))).toEqual([
      0x7bff, 0x7c00, 0x7c00, 0xfc00,
    ]);
  });
});

const shapes = [
  { name: 'tokens', dtype: 'I16', shape: [5] },
  { name: 'states', dtype: 'F16', shape: [5, 3] },
  { name: 'exact', dtype: 'F32', shape: [2, 2] },
] as const;

describe('tensor file', () => {
  it('has the layout of the format: length, JSON, tensors without gaps', async () => {
    const path = join(folder, 'a.safetensors');
    const file = await TensorFile.create(path, shapes, { what: 'test' });
    await file.write('states', 1, Float32Array.of(1, -2, 0.5, 3, 4, 5));
    await file.write('tokens', 0, Float32Array.of(0, 1, 255, 2047, -1));
    await file.write('exact', 1, Float32Array.of(Math.PI, 0.1));
    await file.close();

    const bytes = await readFile(path);
    const length = Number(bytes.readBigUInt64LE(0));
    expect((8 + length) % 8).toBe(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: { what: 'test' },
      tokens: { dtype: 'I16', shape: [5], data_offsets: [0, 10] },
      states: { dtype: 'F16', shape: [5, 3], data_offsets: [10, 40] },
      exact: { dtype: 'F32', shape: [2, 2], data_offsets: [40, 56] },
    });
    expect(bytes.length).toBe(8 + length + 56);

    const read = await TensorFile.read(path);
    expect(read.metadata).toEqual({ what: 'test' });
    expect([...(await read.rows('states', 1, 9))]).toEqual([1, -2, 0.5, 3, 4, 5, 0, 0, 0, 0, 0, 0]);
    expect([...(await read.rows('tokens', 2, 2))]).toEqual([255, 2047]);
    expect([...(await read.rows('tokens', 5, 2))]).toEqual([]);
    expect([...(await read.rows('exact', 0, 2))]).toEqual([0, 0, Math.fround(Math.PI), Math.fround(0.1)]);
    await expect(read.rows('nothing', 0, 1)).rejects.toThrow(
      'no tensor "nothing", only tokens, states, exact',
    );
    await read.close();
  });

  it('is gone on with only when it is the same', async () => {
    const path = join(folder, 'b.safetensors');
    await (await TensorFile.create(path, shapes, {})).close();
    await (await TensorFile.goOn(path, shapes, {})).close();
    await expect(TensorFile.goOn(path, shapes, { other: 'facts' })).rejects.toMatchObject({
      kind: 'corrupt',
    });
    await truncate(path, layoutOf(shapes, {}).size - 1);
    await expect(TensorFile.goOn(path, shapes, {})).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(TensorFile.read(path)).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(TensorFile.goOn(join(folder, 'none'), shapes, {})).rejects.toMatchObject({
      kind: 'not-found',
    });
  });

  it('is joined of parts of others, whose metadata come along', async () => {
    const [first, second, output] = ['d', 'e', 'f'].map((name) => join(folder, `${name}.safetensors`));
    const one = await TensorFile.create(first!, shapes, { pack: 'p', 'tokens.hop': '2', 'states.hop': '3' });
    await one.write('states', 4, Float32Array.of(7, 8, 9));
    await one.close();
    const other = await TensorFile.create(second!, [{ name: 'more', dtype: 'F32', shape: [1] }], {
      'more.hop': '4',
    });
    await other.write('more', 0, Float32Array.of(5));
    await other.close();

    const parts = [
      { path: first!, tensors: [{ name: 'states' }] },
      { path: second!, tensors: [{ name: 'more' }] },
    ];
    await joinTensors(parts, output!, new AbortController().signal);
    const joined = await TensorFile.read(output!);
    expect(joined.tensors.map(({ name }) => name)).toEqual(['states', 'more']);
    expect(joined.metadata).toEqual({ pack: 'p', 'states.hop': '3', 'more.hop': '4' });
    expect([...(await joined.rows('states', 4, 1)), ...(await joined.rows('more', 0, 1))]).toEqual([
      7, 8, 9, 5,
    ]);
    await joined.close();

    await rm(output!);
    const names = await readdir(folder);
    await expect(joinTensors(parts, output!, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await readdir(folder)).toEqual(names);
  });

  it('refuses what is no such file', async () => {
    const path = join(folder, 'c.safetensors');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        await writeFile(path, bytes);
        await expect(TensorFile.read(path)).rejects.toMatchObject({ kind: 'corrupt' });
      }),
      { numRuns: 30 },
    );
  });
});
