import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../../../test/support/scriptedEngines.ts';

const { at, engine, started } = scriptedEngines();

describe('the head', () => {
  it('asks the head, with features or without, for the role of a track whose name tells none', async () => {
    await writeFile(at('Audio 3.wav'), 'who knows');
    const made = await engine({ packs: ['sonido-tags', 'sonido-s'] });
    await made.mix({ tracks: [at('Kick.wav'), at('Bass.wav')], output: at('named.json') });
    expect(await started()).not.toContain('recognise');
    const tracks = [at('Kick.wav'), at('Audio 3.wav')];
    await made.mix({ tracks, output: at('heard.json') });
    const withFeatures = await started();
    expect(withFeatures.filter((operation) => operation === 'recognise')).toHaveLength(1);
    expect(withFeatures).toContain('tokenise');
    await made.mix({ tracks, output: at('mel.json'), features: false });
    expect(await started()).toEqual(['mix', 'recognise']);
  });

  it('hears mel bands alone where the pack of the features is not there, and says so', async () => {
    await writeFile(at('Audio 3.wav'), 'who knows');
    const made = await engine({ packs: ['sonido-tags'] });
    const note =
      'Instruments and roles are heard from mel bands alone: The pack "sonido-s" is not installed.';
    const said: string[] = [];
    const tags = await made.tag(
      { input: at('song.wav'), features: true },
      { onProgress: (progress) => progress.note !== undefined && said.push(progress.note) },
    );
    expect(tags.content).toMatchObject({ withFeatures: false, instruments: [{ name: 'drums' }] });
    expect(said).toEqual([note]);
    const run = await made.run({ inputs: [at('song.wav')], outputDirectory: at('out') });
    expect(run.tags.content).toMatchObject({ withFeatures: false });
    expect(run.notes).toContain(note);
    expect((await made.mix({ tracks: [at('Audio 3.wav')], output: at('mix.json') })).notes).toEqual([note]);
    const operations = await started();
    expect(operations.filter((operation) => operation === 'recognise')).toHaveLength(2);
    expect(operations).not.toContain('tokenise');
  });

  it('hears mel bands alone where the features are of another version, and says so before any work', async () => {
    const made = await engine({ packs: ['sonido-tags', 'sonido-s'], packVersions: { 'sonido-s': '2' } });
    const said: { note: string; fraction: number }[] = [];
    const { content } = await made.tag(
      { input: at('song.wav'), features: true },
      { onProgress: ({ note, fraction }) => note !== undefined && said.push({ note, fraction }) },
    );
    expect(content).toMatchObject({ withFeatures: false });
    expect(said).toEqual([
      {
        note: "Instruments and roles are heard from mel bands alone: The pack sonido-s is there in version 2; sonido-tags 1 was trained on version 1. Add that version, or remove what was installed in place of SoniDesk's own with: sonidesk packs remove sonido-s, or sonido-tags",
        fraction: 0,
      },
    ]);
    expect(await started()).toEqual(['decode', 'recognise', 'tag']);
  });
});
