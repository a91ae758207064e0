import { describe, expect, it } from 'vitest';
import { roleOfName } from './roleOfName.ts';

describe('roleOfName', () => {
  it.each([
    ['VOX_LEAD.wav', 'lead-vocal'],
    ['BGVOX_HARMONY', 'backing-vocal'],
    ['Vox Dbl L', 'backing-vocal'],
    ['Lead Vocal 2', 'lead-vocal'],
    ['HVY_KICK', 'kick'],
    ['BassDrum', 'kick'],
    ['K_&_SN', 'drums'],
    ['MAIN_DRUMS', 'drums'],
    ['Snare Top', 'snare'],
    ['GLITCH_HH', 'hats'],
    ['BUILD_PRC', 'percussion'],
    ['SY_BASS', 'bass'],
    ['808 sub', 'bass'],
    ['Bass Gtr', 'bass'],
    ['GtrRhythm_R', 'guitar'],
    ['synthPad', 'pad'],
    ['MINILOGUE_SYNTH', 'lead-synth'],
    ['REVERSE_SWEEP', 'effects'],
    ['Snare Reverb', 'effects'],
    ['Upright Piano', 'keys'],
  ])('reads %s as %s', (name, role) => {
    expect(roleOfName(name)).toBe(role);
  });

  it('says nothing of names that tell nothing', () => {
    for (const name of ['Audio 3', 'track_07', '', 'été', '你好']) expect(roleOfName(name)).toBeNull();
  });
});
