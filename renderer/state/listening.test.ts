import { describe, expect, it, vi } from 'vitest';
import type { Song } from '../../main/contracts/desk.ts';

vi.mock('../audio/player.ts', () => ({ player: { mixer: null, load: () => undefined } }));
vi.mock('../audio/mixer.ts', () => ({ monitors: ['original', 'lanes', 'mix'] }));
const { gainsOf, listening, louderBy, lowestGainDb, matchGains } = await import('./listening.ts');

const lane = (name: string, id = name) => ({
  name,
  medium: { id, sampleRate: 44_100, channels: 2, frames: 44_100, dataStart: 44, peaks: null },
});

/** A song with stems of these names, and with a mix suggestion or without. */
const songOf = (id: string, stems: readonly string[], hasMix = false): Song => ({
  id,
  title: id,
  opened: 0,
  inputs: ['/song.wav'],
  origin: null,
  sources: [lane('song', `${id} source`)],
  tags: null,
  stems: { lanes: stems.map((name) => lane(name)), preview: false, residualDb: null, model: null },
  noteCount: null,
  noteRevision: 0,
  mix: hasMix
    ? {
        plan: {
          version: 1,
          tracks: [],
          reverb: { decaySeconds: 1, preDelayMs: 0 },
          before: { integratedLufs: null, truePeakDb: null },
          after: { integratedLufs: null, truePeakDb: null },
          reference: null,
        },
        choice: { strength: 1, skipped: [] },
        applied: false,
        faders: null,
        canUndo: false,
        canRedo: false,
      }
    : null,
  remarks: [],
});

const strip = { gainDb: 0, pan: 0, muted: false, solo: false };

describe('what is heard of the lanes', () => {
  it('is every lane at its fader', () => {
    const [full, half, off] = gainsOf([
      strip,
      { ...strip, gainDb: -6.0206 },
      { ...strip, gainDb: lowestGainDb },
    ]);
    expect(full).toBe(1);
    expect(half).toBeCloseTo(0.5, 4);
    expect(off).toBe(0);
  });

  it('leaves out what is muted, and everything else while something is solo', () => {
    const muted = { ...strip, muted: true };
    expect(gainsOf([strip, muted])).toEqual([1, 0]);
    expect(gainsOf([strip, muted, { ...strip, solo: true }])).toEqual([0, 0, 1]);
    // Solo is the stronger word: a lane that is muted and solo is heard.
    expect(gainsOf([strip, { ...muted, solo: true }])).toEqual([0, 1]);
  });
});

describe('an A/B at equal loudness', () => {
  it('turns the louder one down', () => {
    const louder = matchGains(6);
    expect(louder.original).toBe(1);
    expect(louder.mix).toBeCloseTo(0.501, 3);
    const quieter = matchGains(-3);
    expect(quieter.mix).toBe(1);
    expect(quieter.original).toBeCloseTo(0.708, 3);
    expect(quieter.lanes).toBe(quieter.original);
  });

  it('goes by what was measured, and by what the lanes tell where nothing was', () => {
    expect(louderBy(-20, -14, 1, null)).toBe(6);
    expect(louderBy(-20, -14, 0.5, null)).toBe(3);
    // The whole suggestion: as measured, whatever the lanes tell.
    expect(louderBy(-20, -14, 1, { chosen: 5.5, whole: 5.5 })).toBe(6);
    expect(louderBy(-20, -14, 0, { chosen: 0, whole: 5.5 })).toBe(0);
    // One track less.
    expect(louderBy(-20, -14, 1, { chosen: 2, whole: 5.5 })).toBe(2.5);
  });

  it('changes nothing where the loudness is unknown', () => {
    expect(louderBy(null, -14, 1, { chosen: 1, whole: 1 })).toBeNull();
    expect(matchGains(null)).toEqual({ original: 1, lanes: 1, mix: 1 });
  });
});

describe('the faders of a song', () => {
  it('stay with the lanes of their names when these come in another order', () => {
    listening.show(songOf('a', ['drums', 'bass', 'other', 'vocals']));
    listening.setStrip(2, { muted: true });
    listening.show(songOf('a', ['drums', 'bass', 'vocals', 'other']));
    expect(listening.strips.map(({ muted }) => muted)).toEqual([false, false, false, true]);
  });

  it('are those of the song that is open', () => {
    listening.show(songOf('b', ['drums', 'bass', 'vocals', 'other']));
    expect(listening.strips.some(({ muted }) => muted)).toBe(false);
    listening.show(songOf('a', ['drums', 'bass', 'vocals', 'other']));
    expect(listening.strips[3]?.muted).toBe(true);
    listening.reset();
    listening.show(songOf('b', ['drums', 'bass']));
    listening.show(songOf('a', ['other']));
    expect(listening.strips).toEqual([strip]);
  });
});

describe('the A/B', () => {
  it('changes between the original and what was listened to before', () => {
    listening.show(songOf('c', ['drums'], true));
    expect(listening.monitor).toBe('lanes');
    listening.compare();
    expect(listening.monitor).toBe('original');
    listening.compare();
    expect(listening.monitor).toBe('lanes');
    listening.listenTo('mix');
    listening.compare();
    listening.compare();
    expect(listening.monitor).toBe('mix');
  });

  it('has the song itself as its before, not the stems as their faders are', () => {
    listening.show(songOf('d', ['drums'], true));
    listening.setMatched(true);
    expect(listening.monitor).toBe('original');
    listening.compare();
    expect(listening.monitor).toBe('mix');
    listening.setMatched(false);
    expect(listening.monitor).toBe('lanes');
  });

  it('begins so, too, when the suggestion comes while it is waited for', () => {
    listening.show(songOf('e', ['drums']));
    listening.setMatched(true);
    expect(listening.monitor).toBe('lanes');
    listening.show(songOf('e', ['drums'], true));
    expect(listening.monitor).toBe('original');
    listening.setMatched(false);
    expect(listening.monitor).toBe('lanes');
  });
});
