import { describe, expect, it } from 'vitest';
import { isDrums, trackNames } from './trackNames.ts';

describe('track names', () => {
  it('are the names of the files, numbered where alike', () => {
    expect(trackNames(['/a/Bass.wav', '/b/bass.flac', '/c/Lead Vox.take 2.wav'])).toEqual([
      'Bass',
      'bass (2)',
      'Lead Vox.take 2',
    ]);
  });

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
});
