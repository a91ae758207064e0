import { expect, test } from 'vitest';
import { melodicChannel, programFor } from './generalMidi.ts';

test.each([
  ['vocals', 54],
  ['VOX_LEAD', 54],
  ['BGVOX_HARMONY', 52],
  ['bass', 33],
  ['SY_BASS', 38],
  ['Bass 2', 33],
  ['guitar', 27],
  ['piano', 0],
  ['MINILOGUE_SYNTH', 81],
  ['PLUCK', 45],
  ['other', 4],
  ['Kontrabass-Gruppe', 4],
  ['', 4],
  ['no_vocals', 4],
])('%s plays program %i', (name, program) => {
  expect(programFor(name)).toBe(program);
});

test('melodic tracks never get the drum channel', () => {
  const channels = Array.from({ length: 40 }, (_, i) => melodicChannel(i));
  expect(channels).not.toContain(9);
  expect(new Set(channels).size).toBe(15);
  expect(Math.max(...channels)).toBe(15);
});
