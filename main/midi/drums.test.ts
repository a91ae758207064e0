import { describe, expect, it } from 'vitest';
import { drumName } from './drumNames.ts';
import { isDrums } from './drums.ts';

describe('drums', () => {
  it.each(['drums', '03_Kick-In', 'Snare Top', 'HiHat2', 'OH_L', 'Perc loop', 'DrumKit', 'Hi-Hat', 'BD'])(
    'say that %s is drums',
    (name) => expect(isDrums(name)).toBe(true),
  );

  it.each([
    'bass',
    'Strings',
    'Pride',
    'Chats',
    'vocals',
    'Kitchen',
    'guitar 2',
    'Johnny',
    'Steel Guitar',
    'no_drums',
  ])('say that %s is not', (name) => expect(isDrums(name)).toBe(false));

  it('have the names of the General MIDI percussion map', () => {
    expect([35, 36, 42, 56, 81].map(drumName)).toEqual([
      'Acoustic Bass Drum',
      'Bass Drum 1',
      'Closed Hi-Hat',
      'Cowbell',
      'Open Triangle',
    ]);
    expect([34, 82].map(drumName)).toEqual([null, null]);
  });
});
