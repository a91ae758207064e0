import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../../../test/support/scriptedEngines.ts';

const { at, engine, started, json } = scriptedEngines();

describe('splitting', () => {
  it('splits into stems and says how', async () => {
    const result = await (await engine()).split({ input: at('song.wav'), outputDirectory: at('out') });
    expect(result).toMatchObject({ pack: 'htdemucs', provider: 'cpu', residualDb: null });
    expect(result.stems.map(({ stem }) => stem)).toEqual(['vocals', 'drums', 'bass', 'other']);
    expect((await readdir(at('out'))).sort()).toEqual([
      'bass.wav',
      'drums.wav',
      'other.wav',
      'split.json',
      'vocals.wav',
    ]);
    expect(await json('out/split.json')).toMatchObject({
      stems: [{ stem: 'vocals', file: 'vocals.wav' }, {}, {}, {}],
    });
    expect(await started()).toEqual(['decode', 'resample', 'separate']);
  });

  it('takes other stems from a separation that was made, without the model', async () => {
    const made = await engine();
    await made.split({ input: at('song.wav'), outputDirectory: at('out') });
    await started();
    const two = await made.split({ input: at('song.wav'), outputDirectory: at('two'), twoStem: 'vocals' });
    expect(two.stems.map(({ stem }) => stem)).toEqual(['vocals', 'no_vocals']);
    const some = { input: at('song.wav'), outputDirectory: at('some'), stems: ['bass', 'drums'] };
    expect((await made.split(some)).stems.map(({ stem }) => stem)).toEqual(['drums', 'bass', 'rest']);
    expect(await started()).toEqual(['select-stems', 'select-stems']);
    await expect(made.split({ ...some, stems: ['guitar'] })).rejects.toThrow('has no stem "guitar"');
    await expect(made.split({ ...some, twoStem: 'bass' })).rejects.toThrow('not for both');
  });

  it('puts the beginning out first when asked', async () => {
    const notes: string[] = [];
    await (
      await engine()
    ).split(
      { input: at('song.wav'), outputDirectory: at('out'), preview: true, twoStem: 'vocals' },
      { onProgress: ({ note }) => note !== undefined && notes.push(note) },
    );
    expect((await readdir(at('out/preview'))).sort()).toEqual(['no_vocals.wav', 'vocals.wav']);
    expect(notes).toEqual([expect.stringContaining('preview')]);
  });

  it('refuses a folder under the name of a stem, and the input there, before the separation', async () => {
    const made = await engine();
    const input = at('song.wav');
    await mkdir(at('out/no_vocals.wav'), { recursive: true });
    await mkdir(at('out/preview/drums.wav'), { recursive: true });
    await mkdir(at('out/stems/bass.wav'), { recursive: true });
    const request = { input, outputDirectory: at('out') };
    const isFolder = (name: string) => ({
      kind: 'bad-usage',
      message: `${at(name)} is a folder; the name of a file to write was expected.`,
    });
    await expect(made.split({ ...request, twoStem: 'vocals' })).rejects.toMatchObject(
      isFolder('out/no_vocals.wav'),
    );
    await expect(made.split({ ...request, preview: true })).rejects.toMatchObject(
      isFolder('out/preview/drums.wav'),
    );
    await expect(made.run({ inputs: [input], outputDirectory: at('out') })).rejects.toMatchObject(
      isFolder('out/stems/bass.wav'),
    );
    await writeFile(at('out/vocals.wav'), 'the vocals of another song');
    await expect(made.split({ ...request, input: at('out/vocals.wav') })).rejects.toMatchObject({
      kind: 'bad-usage',
      message: expect.stringContaining('would overwrite the file that is being read') as string,
    });
    expect(await started()).toEqual([]);
    await expect(made.split(request)).resolves.toMatchObject({ stems: [{}, {}, {}, {}] });
  });
});
