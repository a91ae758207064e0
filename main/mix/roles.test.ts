import { describe, expect, it } from 'vitest';
import { roleOfHeard } from './roleOfHeard.ts';
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

describe('roleOfHeard', () => {
  const heard = (...roles: [string, number][]) => roles.map(([name, confidence]) => ({ name, confidence }));

  it('takes the surest role, adds piano to keys and says nothing when it is unsure', () => {
    expect(roleOfHeard(heard(['kick', 0.7], ['bass', 0.2]))).toBe('kick');
    expect(roleOfHeard(heard(['guitar', 0.35], ['piano', 0.3], ['keys', 0.2]))).toBe('keys');
    expect(roleOfHeard(heard(['kick', 0.2], ['bass', 0.19]))).toBeNull();
    expect(roleOfHeard(heard(['theremin', 0.9]))).toBeNull();
    expect(roleOfHeard(heard(['mix', 0.6], ['guitar', 0.35]))).toBe('guitar');
    expect(roleOfHeard([])).toBeNull();
  });
});
