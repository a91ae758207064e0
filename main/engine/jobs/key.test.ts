import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PackManifest } from '../../contracts/pack.ts';
import { canonicalJson } from './canonicalJson.ts';
import { SourceFile, audioOf, job } from './job.ts';
import { keyOf } from './key.ts';

const parts = { fileHash: (path: string) => `hash of ${path}`, jobKey: () => 'key', provider: null };
const decode = job('decode', 'Reading', { source: new SourceFile('/a.wav') });

describe('canonical JSON', () => {
  it('does not depend on the order of keys, and reads back as the same value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, 1n])('refuses %s', (value) => {
    expect(() => canonicalJson({ value: [value] })).toThrow(TypeError);
  });
});

describe('key', () => {
  const tag = (label: string) => job('tag', label, { audio: audioOf(decode) });

  it('does not depend on labels, priorities or file names', () => {
    expect(keyOf(tag('a'), parts)).toBe(keyOf({ ...tag('b'), priority: 9 }, parts));
    const renamed = job('decode', 'Reading', { source: new SourceFile('/b.wav') });
    const same = { ...parts, fileHash: () => 'same' };
    expect(keyOf(renamed, same)).toBe(keyOf(decode, same));
    expect(keyOf(renamed, parts)).not.toBe(keyOf(decode, parts));
  });

  it('depends on the operation, its parameters, what it rests on, and the pack', () => {
    const resample = (sampleRate: number) =>
      job('resample', '', { audio: audioOf(decode), sampleRate, channels: 2 });
    const pack = { id: 'p', version: '1' } as PackManifest;
    const keys = [
      keyOf(decode, parts),
      keyOf(tag(''), parts),
      keyOf(tag(''), { ...parts, jobKey: () => 'another key' }),
      keyOf(resample(44100), parts),
      keyOf(resample(48000), parts),
      keyOf({ ...tag(''), pack }, parts),
      keyOf({ ...tag(''), pack: { ...pack, version: '2' } }, parts),
      keyOf({ ...tag(''), pack }, { ...parts, provider: 'cpu' }),
      keyOf({ ...tag(''), pack }, { ...parts, provider: 'webgpu' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the provider where no model runs', () => {
    expect(keyOf(decode, { ...parts, provider: 'cpu' })).toBe(keyOf(decode, parts));
  });
});
