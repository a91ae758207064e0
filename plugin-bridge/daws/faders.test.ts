import { describe, expect, it } from 'vitest';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';
import { fadersReport, formerStrips, matchStrips, moveFaders, restOf } from './faders.ts';
import type { DawMixer, StripMove } from './mixer.ts';

const planOf = (strips: Readonly<Record<string, Partial<StripSettings>>>): MixPlan => ({
  version: 1,
  tracks: Object.entries(strips).map(([name, strip]) => ({
    name,
    role: name,
    strip: { ...neutralStrip(), ...strip },
    moves: [],
  })),
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: -20, truePeakDb: -3 },
  after: { integratedLufs: -20, truePeakDb: -3 },
  reference: null,
});

describe('strips of the same name', () => {
  const match = (tracks: readonly string[], strips: readonly string[], now: [string, string][] = []) =>
    matchStrips(planOf(Object.fromEntries(tracks.map((name) => [name, {}]))), strips, new Map(now));

  it('are found whatever the case, and what has no partner is named', () => {
    expect(match(['kick', 'Lead Vox', 'Pad'], ['Kick', 'lead vox ', 'Master'])).toEqual({
      pairs: [
        { track: 'kick', strip: 'Kick' },
        { track: 'Lead Vox', strip: 'lead vox ' },
      ],
      missing: ['Pad'],
      others: ['Master'],
    });
  });

  it('are the exact one of several, or none', () => {
    expect(match(['kick'], ['Kick', 'kick']).pairs).toEqual([{ track: 'kick', strip: 'kick' }]);
    expect(match(['KICK'], ['Kick', 'kick']).missing).toEqual(['KICK']);
  });

  it('are found by what a track is called now, and taken once', () => {
    expect(match(['Track 1', 'Vox'], ['Vox'], [['Track 1', 'vox']])).toEqual({
      pairs: [{ track: 'Track 1', strip: 'Vox' }],
      missing: ['Vox'],
      others: [],
    });
  });
});

const plan = planOf({
  Kick: { gainDb: -4, pan: 0.2, sendDb: -10, highPass: { enabled: true, frequencyHz: 40 } },
  Bass: { gainDb: 2, pan: -0.5 },
  Pad: { gainDb: 1, pan: 0.5 },
});
const former = [
  { track: 'Kick', strip: 'KICK', fader: 0.7, pan: 0.5 },
  { track: 'Bass', strip: 'Bass', fader: 0.6, pan: null },
];

describe('moves of a mix', () => {
  it('are on the faders or in the plugins, never in both', () => {
    const [kick, bass, pad] = restOf(plan, former).tracks.map(({ strip }) => strip);
    expect(kick).toEqual({ ...plan.tracks[0]!.strip, gainDb: 0, pan: 0, sendDb: -14 });
    // This strip has no pan that could carry it.
    expect(bass).toEqual({ ...plan.tracks[1]!.strip, gainDb: 0 });
    expect(pad).toEqual(plan.tracks[2]!.strip);
  });

  it('count from how the strips were at first', async () => {
    const asked: StripMove[] = [];
    const read: string[] = [];
    const mixer: DawMixer = {
      name: 'Ardour',
      strips: () => Promise.resolve(['KICK', 'Bass', 'Pad']),
      read: (names) => {
        read.push(...names);
        return Promise.resolve(names.map((strip) => ({ strip, fader: 0.1, pan: 0.5 })));
      },
      move: (moves) => {
        asked.push(...moves);
        return Promise.resolve(moves.map(({ from: { strip } }) => ({ strip, fader: 'moved' })));
      },
      close: () => undefined,
    };
    const matched = matchStrips(plan, await mixer.strips(), new Map());
    const all = await formerStrips(mixer, matched, former);
    expect(read).toEqual(['Pad']);
    expect(all).toEqual([...former, { track: 'Pad', strip: 'Pad', fader: 0.1, pan: 0.5 }]);
    const moved = await moveFaders(mixer, plan, former);
    expect(asked).toEqual([
      { from: { strip: 'KICK', fader: 0.7, pan: 0.5 }, gainDb: -4, pan: 0.2 },
      { from: { strip: 'Bass', fader: 0.6, pan: null }, gainDb: 2, pan: 0 },
    ]);
    const report = (plugins: string[]) => fadersReport(mixer, plan, former, matched, moved, plugins);
    expect(report(['kick'])).toMatchObject({
      moved: ['KICK', 'Bass'],
      plugins: ['kick'],
      left: [{ track: 'Bass', moves: ['pan'] }],
    });
    expect(report([]).left).toEqual([
      { track: 'Kick', moves: ['high-pass', 'send'] },
      { track: 'Bass', moves: ['pan'] },
    ]);
  });
});
