import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildProgram } from '../../../test/support/buildProgram.ts';
import { watchHandles } from '../../../test/support/leaks.ts';
import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { directories } from '../../platform/directories.ts';
import { createEngine, type Engine, type EngineOptions } from './engine.ts';

let program: Awaited<ReturnType<typeof buildProgram>>;
let home: string;
let noLeaks: () => Promise<void>;
const engines: Engine[] = [];

beforeAll(async () => {
  program = await buildProgram('test/support/scriptedHost.ts');
});
afterAll(() => program.remove());

beforeEach(async () => {
  noLeaks = watchHandles();
  home = await mkdtemp(join(tmpdir(), 'sonidesk-engine-'));
  await writeFile(at('song.wav'), 'the audio of a song');
  await writeFile(at('Kick.wav'), 'a kick drum');
  await writeFile(at('Bass.wav'), 'a bass');
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  await rm(home, { recursive: true });
  await noLeaks();
});

const at = (name: string) => join(home, name);

async function engine(script: Record<string, unknown> = {}, options: EngineOptions = {}): Promise<Engine> {
  const made = await createEngine({
    hostProgram: {
      script: program.script,
      env: {
        SCRIPT: JSON.stringify({
          chunks: 3,
          chunkMs: 1,
          log: at('log'),
          deathsFile: at('deaths'),
          ...script,
        }),
      },
    },
    directories: directories({ SONIDESK_HOME: at('home') }),
    ...options,
  });
  engines.push(made);
  return made;
}

const logged = () => JSON.stringify({ chunks: 3, chunkMs: 1, log: at('log') });

async function started(): Promise<string[]> {
  const log = await readFile(at('log'), 'utf8').catch(() => '');
  const lines = log.split('\n').filter((line) => line.startsWith('start'));
  await rm(at('log'), { force: true });
  return lines.map((line) => line.split(' ')[1]!).sort();
}

const json = async (name: string) => JSON.parse(await readFile(at(name), 'utf8')) as Record<string, unknown>;

describe('engine', () => {
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
    await expect(made.prepare({ inputs, outputDirectory: home })).rejects.toThrow('would overwrite');
  });

  it('renders a plan that was changed', async () => {
    const made = await engine();
    const tracks = [at('Kick.wav'), at('Bass.wav')];
    const { plan } = await made.mix({ tracks, output: at('mix.json') });
    await started();
    const { file } = await made.render({ tracks, plan, output: at('mix.wav') });
    expect(file).toBe(at('mix.wav'));
    expect((await stat(file)).size).toBeGreaterThan(0);
    expect(await started()).toEqual(['render-mix']);
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
    const wishing = (provider: string) => {
      const env = { SCRIPT: logged(), SONIDESK_PROVIDER: provider };
      return engine({}, { hostProgram: { script: program.script, env } });
    };
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

  it('transcribes to a MIDI file', async () => {
    const result = await (await engine()).transcribe({ input: at('song.wav'), output: at('out/song.mid') });
    expect(result).toMatchObject({ bpm: 120, notes: [{ stem: 'song', pitch: 60 }] });
    expect((await readFile(at('out/song.mid'))).subarray(0, 4).toString()).toBe('MThd');
  });

  it('plans and renders a mix', async () => {
    const result = await (
      await engine()
    ).mix({
      tracks: [at('Kick.wav'), at('Bass.wav')],
      reference: at('song.wav'),
      output: at('mix.json'),
      render: at('mix.wav'),
    });
    expect(result.plan.tracks.map(({ name }) => name)).toEqual(['Kick', 'Bass']);
    expect(await json('mix.json')).toMatchObject({ version: 1 });
    expect((await stat(at('mix.wav'))).size).toBe(3 * 4096);
  });

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
    expect(await readdir(home)).not.toContain('split.json');
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
