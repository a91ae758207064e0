import { readdir, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../../../test/support/scriptedEngines.ts';

const { at, engine, started, json } = scriptedEngines();

describe('a run', () => {
  it('runs everything on one mix', async () => {
    const result = await (await engine()).run({ inputs: [at('song.wav')], outputDirectory: at('out') });
    expect(result.tracks.map(({ name, notes }) => [name, notes])).toEqual([
      ['vocals', 1],
      ['drums', null],
      ['bass', 1],
      ['other', 1],
    ]);
    expect((await readdir(at('out'), { recursive: true })).sort()).toEqual([
      'mix.json',
      'mix.wav',
      'notes.json',
      'run.json',
      'song.mid',
      'stems',
      'stems/bass.wav',
      'stems/drums.wav',
      'stems/other.wav',
      'stems/vocals.wav',
      'tags.json',
    ]);
    expect(result.tracks[0]!.file).toBe(at('out/stems/vocals.wav'));
    expect(await json('out/run.json')).toMatchObject({
      version: 1,
      transcription: { midi: 'song.mid', count: 3 },
    });
    for (const { file } of result.tracks) expect((await stat(file)).size).toBe(3 * 4096);
  });

  it('runs the tracks of a session without separating them', async () => {
    const result = await (
      await engine()
    ).run({ inputs: [at('Kick.wav'), at('Bass.wav')], outputDirectory: at('out') });
    expect(result.separation).toBeNull();
    expect(result.tracks).toMatchObject([
      { name: 'Kick', file: at('Kick.wav'), notes: null, tags: { durationSeconds: 10 } },
      { name: 'Bass', file: at('Bass.wav'), notes: 1 },
    ]);
    expect((await started()).filter((name) => name === 'tag')).toHaveLength(3);
  });

  it('goes on without packs that are not there, and says so; unless they are required', async () => {
    const made = await engine({ packs: [] });
    const result = await made.run({ inputs: [at('song.wav')], outputDirectory: at('out') });
    expect(result).toMatchObject({ separation: null, transcription: null });
    expect(result.notes).toEqual([
      expect.stringContaining('No stems were made: The pack "htdemucs" is not installed'),
      expect.stringContaining('No notes were made'),
      expect.stringContaining('Instruments and roles are not heard: The pack "sonido-tags"'),
    ]);
    await expect(
      made.run({ inputs: [at('song.wav')], outputDirectory: at('out'), separation: 'required' }),
    ).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('puts tracks where their time stamps say', async () => {
    const made = await engine({
      packs: ['basic-pitch', 'sonido-tags', 'sonido-s'],
      timeReferences: { 'Kick.wav': 88_200, 'Bass.wav': 44_100 },
    });
    const request = { inputs: [at('Kick.wav'), at('Bass.wav')], outputDirectory: at('out') };
    const result = await made.run(request);
    expect(result.tracks.map(({ name, start }) => [name, start])).toEqual([
      ['Kick', 1],
      ['Bass', 0],
    ]);
    expect(result.notes).toEqual([
      '1 of 2 files start later than the first by their time stamps, Kick by 1.000 s; they are placed there.',
    ]);
  });

  it('counts notes from the start of the timeline', async () => {
    const made = await engine({ timeReferences: { 'Kick.wav': 44_100, 'Bass.wav': 88_200 } });
    await made.run({ inputs: [at('Kick.wav'), at('Bass.wav')], outputDirectory: at('out') });
    expect(await json('out/notes.json')).toMatchObject([{ stem: 'Bass', onset: 1.5, offset: 2 }]);
  });
});
