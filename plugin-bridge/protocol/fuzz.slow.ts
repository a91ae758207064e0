import { expect, it } from 'vitest';
import { fuzzCodec } from '../../test/support/fuzzCodec.ts';

it('a million mutated frames end in a refusal or are read; nothing else happens', () => {
  const { frames, decoded, read, refused } = fuzzCodec(1_000_000, 20_221_122);
  expect(frames).toBe(1_000_000);
  // Mutations that hit nothing important get through, most do not.
  expect(read).toBeGreaterThan(0);
  expect(decoded).toBeGreaterThan(read);
  expect(refused).toBeGreaterThan(decoded - read);
});
