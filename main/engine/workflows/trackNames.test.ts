import { describe, expect, it } from 'vitest';
import { trackNames } from './trackNames.ts';

describe('track names', () => {
  it('are the names of the files, numbered where alike', () => {
    expect(trackNames(['/a/Bass.wav', '/b/bass.flac', '/c/Lead Vox.take 2.wav'])).toEqual([
      'Bass',
      'bass (2)',
      'Lead Vox.take 2',
    ]);
  });
});
