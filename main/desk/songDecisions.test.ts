import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { neutralStrip } from '../audio/strip/neutral.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { directories } from '../platform/directories.ts';
import { MixDecisions, firstMixState } from './mixDecisions.ts';
import { Notes } from './noteSheet.ts';
import { SongDecisions } from './songDecisions.ts';
import { newSong, songIdOf } from './songRecord.ts';
import { songsDirectory } from './songsDirectory.ts';

const paths = ['/music/song.wav'];
const plan: MixPlan = {
  version: 1,
  tracks: [{ name: 'bass', role: 'bass', strip: { ...neutralStrip(), gainDb: -3 }, moves: [] }],
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: -20, truePeakDb: -3 },
  after: { integratedLufs: -20, truePeakDb: -3 },
  reference: null,
};

describe('the decisions about a song', () => {
  let home: string;
  let folder: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'sonidesk-song-'));
    vi.stubEnv('SONIDESK_HOME', home);
    folder = join(songsDirectory(directories()), songIdOf(paths));
    await mkdir(folder, { recursive: true });
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true, force: true });
  });

  it('are one list of mix and notes, taken back from the latest on', async () => {
    const song = newSong(songIdOf(paths), 'song', paths);
    const choice = { strength: 1, skipped: [] };
    const mix = { plan, choice, applied: false, canUndo: false, canRedo: false };
    await writeFile(join(folder, 'song.json'), JSON.stringify({ ...song, mix, noteCount: 1 }));
    const note = { stem: 'bass', onset: 0, offset: 1, pitch: 40, velocity: 80, confidence: 1 };
    await writeFile(join(folder, 'notes.json'), JSON.stringify([note]));
    const mixes = new MixDecisions(folder);
    const notes = new Notes(folder);
    await mixes.take(plan, { ...firstMixState, choice: { strength: 0.5, skipped: [] } }, 'half');
    await notes.edit({ type: 'remove', ids: ['n0'] });
    const decisions = await SongDecisions.of(paths);
    const states = async () => (await decisions.lines()).map(({ about, state }) => `${about} ${state}`);
    expect(await states()).toEqual(['mix applied', 'notes applied']);
    expect(await decisions.undo()).toBe(true);
    expect(await states()).toEqual(['mix applied', 'notes undone']);
    expect((await notes.sheet()).notes).toHaveLength(1);
    expect(await decisions.undo()).toBe(true);
    expect((await mixes.history(plan)).choice.strength).toBe(1);
    expect(await decisions.undo()).toBe(false);
    expect(await decisions.redo()).toBe(true);
    expect(await states()).toEqual(['mix applied', 'notes undone']);
    const onlyNotes = await SongDecisions.of(paths, 'notes');
    expect((await onlyNotes.lines()).map(({ about }) => about)).toEqual(['notes']);
    expect(await onlyNotes.redo()).toBe(true);
    expect((await notes.sheet()).notes).toHaveLength(0);
  });

  it('say what is missing', async () => {
    await expect(SongDecisions.of(paths)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
