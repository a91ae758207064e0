import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../../../test/support/scriptedEngines.ts';
import type { WorkflowProgress } from '../../contracts/workflows.ts';

const { at, engine, started } = scriptedEngines();

describe('engine', () => {
  it('computes nothing again: same call, another engine, another head', async () => {
    const first = await engine();
    const input = at('song.wav');
    const split = await first.split({ input, outputDirectory: at('out') });
    expect(await started()).toHaveLength(3);
    expect(split.stored).toBe(false);
    await expect(first.split({ input, outputDirectory: at('again') })).resolves.toMatchObject({
      seconds: split.seconds,
      stored: true,
    });
    const second = await engine();
    await second.split({ input, outputDirectory: at('out') });
    expect(await started()).toEqual([]);
    const run = await second.run({ inputs: [input], outputDirectory: at('run') });
    expect(run.separation?.stored).toBe(true);
    expect(run.transcription?.packs.map(({ stored }) => stored)).toEqual([false, false, false]);
    expect(await started()).toEqual([
      'mix',
      'render-mix',
      'resample',
      'resample',
      'resample',
      'tag',
      'transcribe',
      'transcribe',
      'transcribe',
    ]);
  });

  it('makes files ready to be drawn and played', async () => {
    const made = await engine();
    const inputs = [at('Kick.wav'), at('Bass.wav')];
    const { files } = await made.prepare({ inputs, outputDirectory: at('ready') });
    expect(files.map(({ audio, peaks }) => [audio, peaks])).toEqual([
      [at('ready/Kick.wav'), at('ready/Kick.peaks')],
      [at('ready/Bass.wav'), at('ready/Bass.peaks')],
    ]);
    expect(await started()).toEqual(['decode', 'decode', 'peaks', 'peaks']);
    const drawn = await made.prepare({ inputs: [at('Kick.wav')], outputDirectory: at('d'), decode: false });
    expect(drawn.files[0]?.audio).toBe(at('Kick.wav'));
    expect(await readdir(at('d'))).toEqual(['Kick.peaks']);
    await expect(made.prepare({ inputs, outputDirectory: at('.') })).rejects.toThrow('would overwrite');
  });

  it('computes anew what has changed', async () => {
    const made = await engine();
    await made.tag({ input: at('song.wav') });
    expect(await started()).toEqual(['decode', 'tag']);
    await writeFile(at('song.wav'), 'another song');
    await made.tag({ input: at('song.wav') });
    expect(await started()).toEqual(['decode', 'tag']);
  });

  it('computes anew for a provider that is asked for, but only what the model does', async () => {
    const request = { input: at('song.wav'), outputDirectory: at('out') };
    await (await engine()).split(request);
    await started();
    const wishing = (provider: string) => engine({}, {}, { SONIDESK_PROVIDER: provider });
    await (await wishing('cpu')).split(request);
    expect(await started()).toEqual(['separate']);
    await (await wishing('cpu')).split(request);
    expect(await started()).toEqual([]);
    await (await wishing('webgpu')).split(request);
    expect(await started()).toEqual(['separate']);
    await expect((await wishing('cuda')).split(request)).rejects.toMatchObject({
      kind: 'bad-usage',
      message: expect.stringContaining('There is no provider "cuda"') as string,
    });
    expect(await started()).toEqual([]);
  });

  it('transcribes to a MIDI file', async () => {
    const result = await (await engine()).transcribe({ input: at('song.wav'), output: at('out/song.mid') });
    expect(result).toMatchObject({ bpm: 120, notes: [{ stem: 'song', pitch: 60 }] });
    expect((await readFile(at('out/song.mid'))).subarray(0, 4).toString()).toBe('MThd');
  });

  it('tells progress that never goes back and ends complete', async () => {
    const seen: WorkflowProgress[] = [];
    await (
      await engine()
    ).run(
      { inputs: [at('song.wav')], outputDirectory: at('out') },
      { onProgress: (each) => seen.push(each) },
    );
    const fractions = seen.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(seen.map(({ label }) => label)).toContain('Separating song.wav');
  });

  it('cancels one job and loses no other', async () => {
    const made = await engine({ chunks: 500, chunkMs: 5 });
    const controller = new AbortController();
    const cancelled = made.split(
      { input: at('song.wav'), outputDirectory: at('out') },
      {
        signal: controller.signal,
        onProgress: ({ label }) => label.startsWith('Separating') && controller.abort(),
      },
    );
    const other = made.tag({ input: at('song.wav') });
    await expect(cancelled).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(other).resolves.toMatchObject({ durationSeconds: 10 });
    expect(await readdir(at('.'))).not.toContain('split.json');
  });

  it('leaves the other jobs of a graph out when one fails, and keeps what was done', async () => {
    const made = await engine({ failIn: ['tag'] });
    await expect(made.run({ inputs: [at('song.wav')], outputDirectory: at('out') })).rejects.toMatchObject({
      kind: 'bad-input',
      message: 'tag was told to fail.',
    });
    expect(await readdir(at('out'))).toEqual([]);
    await started();
    await made.split({ input: at('song.wav'), outputDirectory: at('out') });
    expect(await started()).not.toContain('decode');
  });

  it('fails with the reason when the host dies twice', async () => {
    const made = await engine({ dieIn: ['separate'], deaths: 2, dieAtChunk: 1 });
    await expect(made.split({ input: at('song.wav'), outputDirectory: at('out') })).rejects.toMatchObject({
      kind: 'crashed',
    });
  });

  it('refuses wrong wishes before doing anything', async () => {
    const made = await engine();
    const input = at('song.wav');
    const refused = (message: string) => ({
      kind: 'bad-usage',
      message: expect.stringContaining(message) as string,
    });
    await expect(made.split({ input, outputDirectory: at('out'), stems: ['banjo'] })).rejects.toMatchObject(
      refused('vocals, drums, bass, other'),
    );
    await expect(
      made.split({ input, outputDirectory: at('out'), pack: 'basic-pitch' }),
    ).rejects.toMatchObject(refused('cannot separate'));
    await expect(made.tag({} as { input: string })).rejects.toMatchObject(refused('input'));
    await expect(made.transcribe({ input, output: input })).rejects.toMatchObject(refused('ends in .mid'));
    await writeFile(at('song.mid'), 'audio, whatever its name says');
    await expect(made.transcribe({ input: at('song.mid'), output: at('song.mid') })).rejects.toMatchObject(
      refused('would overwrite'),
    );
    await expect(
      made.run({ inputs: [input, at('Kick.wav')], outputDirectory: at('out'), separation: 'required' }),
    ).rejects.toMatchObject(refused('separate already'));
    expect(await started()).toEqual([]);
  });

  it('says which file is missing, or a folder', async () => {
    const made = await engine();
    await expect(made.tag({ input: at('none.wav') })).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('none.wav'),
    });
    await mkdir(at('folder.wav'));
    await expect(made.tag({ input: at('folder.wav') })).rejects.toMatchObject({ kind: 'bad-input' });
  });

  it('keeps its work in a session when one is named', async () => {
    const sessionDirectory = at('session');
    const made = await engine({}, { sessionDirectory });
    await made.tag({ input: at('song.wav') });
    expect(made.jobs()).toMatchObject([{ workflow: 'tag', state: 'done' }]);
    await expect(engine({}, { sessionDirectory })).rejects.toMatchObject({
      kind: 'busy',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await made.close();
    await started();
    const again = await engine({}, { sessionDirectory });
    await again.tag({ input: at('song.wav') });
    expect(await started()).toEqual([]);
  });
});
