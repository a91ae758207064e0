import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArdourMixer } from '../../plugin-bridge/daws/ardour/ardourMixer.ts';
import { SimulatedSurface } from '../../plugin-bridge/daws/ardour/simulatedSurface.ts';
import { neutralStrip } from '../audio/strip/neutral.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { Media } from './media.ts';
import { MixCarrier } from './mixCarrier.ts';
import { MixDecisions, firstMixState } from './mixDecisions.ts';
import { MixDesk } from './mixDesk.ts';
import { newSong, songIdOf } from './songRecord.ts';
import { SongShelf } from './songShelf.ts';

const paths = ['/music/kick.wav', '/music/bass.wav', '/music/pad.wav'];
const songId = songIdOf(paths);
const strip = (gainDb: number, pan: number) => ({
  ...neutralStrip(),
  gainDb,
  pan,
  highPass: { enabled: true, frequencyHz: 40 },
});
const plan: MixPlan = {
  version: 1,
  tracks: [
    { name: 'Kick', role: 'kick', strip: strip(-4, 0), moves: [] },
    { name: 'Bass', role: 'bass', strip: strip(2, -0.5), moves: [] },
    { name: 'Pad', role: 'pad', strip: strip(-1, 0.5), moves: [] },
  ],
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: -20, truePeakDb: -3 },
  after: { integratedLufs: -20, truePeakDb: -3 },
  reference: null,
};

describe('a mix on the faders of a DAW', () => {
  let folder: string;
  let surface: SimulatedSurface;
  let mixer: ArdourMixer;
  let shelf: SongShelf;
  let desk: MixDesk;
  /** What the plugins got last. */
  let given: MixPlan | null;

  const open = async () => {
    shelf = new SongShelf(folder, new Media());
    await shelf.load();
    const give = (wanted: MixPlan) => {
      given = wanted;
      return Promise.resolve(['Kick']);
    };
    desk = new MixDesk(shelf, new MixCarrier(mixer, give), () => new Map());
    await desk.load();
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sonidesk-faders-'));
    surface = await SimulatedSurface.start([
      { name: 'Kick', gain: 1, pan: 0.5 },
      { name: 'bass', gain: 0.5, pan: 0.25 },
    ]);
    mixer = new ArdourMixer(surface.port);
    given = null;
    await open();
    const mix = { ...firstMixState, plan, canUndo: false, canRedo: false };
    await shelf.put({ ...newSong(songId, 'song', paths), mix });
  });
  afterEach(async () => {
    desk.close();
    mixer.close();
    surface.close();
    await rm(folder, { recursive: true, force: true });
  });

  const faders = () => surface.strips.map(({ gain, pan }) => [20 * Math.log10(gain), pan]);
  const expectFaders = (kick: [number, number], bass: [number, number]) =>
    faders().forEach(([gainDb, pan], index) => {
      const [wantedDb, wantedPan] = [kick, bass][index]!;
      expect(gainDb).toBeCloseTo(wantedDb, 4);
      expect(pan).toBeCloseTo(wantedPan, 6);
    });
  const half = 20 * Math.log10(0.5);
  const asTheyWere = () => expectFaders([0, 0.5], [half, 0.25]);
  const inPlugins = () => given!.tracks.map((track) => [track.strip.gainDb, track.strip.pan]);

  it('is there once, follows the strength, and one undo puts all back', async () => {
    expect(await desk.applyToFaders(songId)).toEqual({
      daw: 'Ardour',
      moved: ['Kick', 'bass'],
      atTop: [],
      held: [],
      missing: ['Pad'],
      others: [],
      plugins: ['Kick'],
      left: [{ track: 'Bass', moves: ['high-pass'] }],
    });
    expectFaders([-4, 0.5], [half + 2, 0.5]);
    expect(inPlugins()).toEqual([
      [0, 0],
      [0, 0],
      [-1, 0.5],
    ]);
    await desk.applyToFaders(songId);
    expectFaders([-4, 0.5], [half + 2, 0.5]);
    await desk.undo(songId);
    await desk.choose(songId, { strength: 0.5, skipped: ['Bass'] });
    expectFaders([-2, 0.5], [half, 0.25]);
    await desk.undo(songId);
    expectFaders([-4, 0.5], [half + 2, 0.5]);
    await desk.undo(songId);
    asTheyWere();
    expect(inPlugins()).toEqual(plan.tracks.map(() => [0, 0]));
    expect(given!.tracks[0]!.strip.highPass.enabled).toBe(false);
    await desk.redo(songId);
    expectFaders([-4, 0.5], [half + 2, 0.5]);
  });

  it('leaves them for the plugins', async () => {
    await desk.applyToFaders(songId);
    await desk.apply(songId);
    asTheyWere();
    expect(inPlugins()).toEqual([
      [-4, 0],
      [2, -0.5],
      [-1, 0.5],
    ]);
    await desk.undo(songId);
    expectFaders([-4, 0.5], [half + 2, 0.5]);
    expect(inPlugins()[0]).toEqual([0, 0]);
  });

  it('is put back by an undo of another program, after a restart, too', async () => {
    await desk.applyToFaders(songId);
    desk.close();
    await new MixDecisions(shelf.folderOf(songId)).undo(plan);
    await open();
    asTheyWere();
    expect(shelf.get(songId).mix).toMatchObject({ applied: false, faders: null, canRedo: true });
  });

  it('is not called undone while the DAW is away', async () => {
    await desk.applyToFaders(songId);
    const { strips, port } = surface;
    surface.close();
    await expect(desk.undo(songId)).rejects.toThrow('Nobody answers to OSC');
    expect(shelf.get(songId).mix).toMatchObject({ applied: true, canUndo: true });
    await new MixDecisions(shelf.folderOf(songId)).undo(plan);
    desk.close();
    await open();
    expect(shelf.get(songId).mix).toMatchObject({ applied: true });
    surface = await SimulatedSurface.start(strips, port);
    await desk.undo(songId);
    asTheyWere();
    expect(shelf.get(songId).mix).toMatchObject({ applied: false, faders: null });
  });

  it('needs a strip of the same name, and says which there are', async () => {
    for (const each of surface.strips) each.name = `${each.name} 2`;
    await expect(desk.applyToFaders(songId)).rejects.toThrow(
      'None of these tracks is called like a strip of Ardour: Kick, Bass, Pad. Its strips are Kick 2, bass 2.',
    );
    expect(shelf.get(songId).mix).toMatchObject({ applied: false, faders: null });
  });
});
