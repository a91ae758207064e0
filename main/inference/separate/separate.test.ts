import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openWav } from '../../audio/wav/wavReader.ts';
import { createWav } from '../../audio/wav/wavWriter.ts';
import type { OperationInput } from '../../contracts/operations.ts';
import { installFactorsPack } from '../../../test/support/factorsPack.ts';
import { encodeOnnxModel } from '../convert/onnxModel.ts';
import { importOnnx } from '../packs/importOnnx.ts';
import { separate } from './separate.ts';

const rate = 44_100;
let home: string;
let directory: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-separate-'));
  directory = join(home, 'job');
  await mkdir(directory);
  vi.stubEnv('SONIDESK_HOME', home);
  vi.stubEnv('SONIDESK_PROVIDER', 'cpu');
  vi.stubEnv('SONIDESK_CHECKPOINT_MS', '0');
  await installFactorsPack(home);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true, force: true });
});

/** A decaying chord, different in every channel, well inside every band. */
const chord = (frames: number, sampleRate: number, channels: number): Float32Array[] =>
  Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (__, n) => {
      const time = n / sampleRate;
      const pitch = 220 * (1 + channel / 3);
      return 0.4 * Math.exp(-time) * (Math.sin(2 * Math.PI * pitch * time) + Math.sin(7 * pitch * time));
    }),
  );

async function wav(
  name: string,
  planes: Float32Array[],
  sampleRate = rate,
  timeReference: number | null = null,
) {
  const path = join(home, name);
  const writer = await createWav(path, {
    sampleRate,
    channels: planes.length,
    encoding: 'float32',
    timeReference,
  });
  await writer.write(planes);
  await writer.close();
  return path;
}

async function read(path: string) {
  const reader = await openWav(path);
  const planes = await reader.read(0, reader.frames);
  await reader.close();
  return { reader, planes };
}

function run(
  source: string,
  model: string,
  extra: Partial<OperationInput<'separate'>> = {},
  signal?: AbortSignal,
) {
  return separate(
    { source, model, pack: 'factors', range: null, ...extra },
    { directory, signal: signal ?? new AbortController().signal, progress: () => {} },
  );
}

const peakOf = (planes: readonly Float32Array[]) =>
  planes.reduce((most, plane) => plane.reduce((peak, value) => Math.max(peak, Math.abs(value)), most), 0);

const difference = (a: Float32Array, b: Float32Array, factor = 1) =>
  a.map((value, n) => value - factor * (b[n] ?? 0));

describe('separate', () => {
  it('gives float32 stems of the source length that sum to a 24-bit source to the last bit, in any order', async () => {
    const planes = chord(30_000, rate, 2).map((plane) => plane.map((x) => Math.round(x * 2 ** 23) / 2 ** 23));
    const source = await wav('source.wav', planes, rate, 1234);
    const result = await run(source, source);
    expect(result).toMatchObject({
      pack: 'factors',
      packVersion: '1.0.0',
      provider: 'cpu',
      residualDb: null,
    });
    expect(result.stems.map(({ stem }) => stem)).toEqual(['drums', 'bass', 'vocals', 'other']);
    expect((await readdir(directory)).sort()).toEqual(['bass.wav', 'drums.wav', 'other.wav', 'vocals.wav']);

    const files = await Promise.all(result.stems.map(({ file }) => read(join(directory, file))));
    for (const { reader } of files) {
      expect(reader).toMatchObject({ encoding: 'float32', frames: 30_000, channels: 2, timeReference: 1234 });
    }
    for (const order of [files, files.toReversed(), [files[2]!, files[0]!, files[3]!, files[1]!]]) {
      for (const [channel, plane] of planes.entries()) {
        const sum = new Float32Array(plane.length);
        for (const file of order) for (const [n, value] of file.planes[channel]!.entries()) sum[n]! += value;
        expect(sum).toEqual(plane);
      }
    }
    // The model's factors leave 0.45 of the mix, shared by four.
    const left = files.map(({ planes }) => planes[0]!);
    for (const [index, factor] of [0.6125, 0.3625, -0.1875, 0.2125].entries()) {
      expect(peakOf([difference(left[index]!, planes[0]!, factor)])).toBeLessThan(1e-6);
    }
  });

  it('keeps a float source within -120 dB', async () => {
    const planes = chord(10_000, rate, 2).map((plane) => plane.map((x) => x * 2.3));
    const source = await wav('source.wav', planes);
    const { residualDb } = await run(source, source);
    expect(residualDb ?? -Infinity).toBeLessThan(-120);
  });

  it.each([48_000, 96_000, 44_100, 22_050])(
    'returns stems of a mono source at its %d Hz',
    async (sampleRate) => {
      const planes = chord(sampleRate / 2, sampleRate, 1);
      const model = chord(rate / 2, rate, 1);
      const source = await wav('source.wav', planes, sampleRate);
      const mix = await wav('mix.wav', [model[0]!, model[0]!]);
      const result = await run(source, mix);
      const drums = await read(join(directory, 'drums.wav'));
      expect(drums.reader).toMatchObject({ sampleRate, channels: 1, frames: sampleRate / 2 });
      // Away from the hard cut at both ends, which no band-limited signal has.
      const middle = [drums.planes[0]!.slice(2000, -2000)];
      expect(peakOf([difference(middle[0]!, planes[0]!.slice(2000, -2000), 0.6125)])).toBeLessThan(1e-3);
      expect(result.residualDb ?? -Infinity).toBeLessThan(-120);
    },
  );

  it('cuts up every channel of a 6-channel source, and loses nothing', async () => {
    const planes = chord(70_000, rate, 6);
    const fold = [0, 1].map((side) =>
      planes[0]!.map((_, n) => (planes[side]![n]! + planes[side + 2]![n]! + planes[side + 4]![n]!) / 3),
    );
    const source = await wav('source.wav', planes);
    const result = await run(source, await wav('mix.wav', fold));
    expect(result.residualDb ?? -Infinity).toBeLessThan(-120);
    const drums = await read(join(directory, 'drums.wav'));
    expect(drums.reader).toMatchObject({ channels: 6, frames: 70_000 });
    // The stems' shares are those of their squared amplitudes.
    const share = 0.6125 ** 2 / (0.6125 ** 2 + 0.3625 ** 2 + 0.1875 ** 2 + 0.2125 ** 2);
    for (const [channel, plane] of drums.planes.entries()) {
      expect(peakOf([difference(plane, planes[channel]!, share)])).toBeLessThan(1e-4);
    }
  });

  it('separates a part of the source as it does the whole, at another rate too', async () => {
    const planes = chord(96_000, 48_000, 2);
    const source = await wav('source.wav', planes, 48_000);
    const mix = await wav('mix.wav', chord(88_200, rate, 2));
    await run(source, mix);
    const whole = await read(join(directory, 'bass.wav'));
    const range = { start: 33_333, frames: 20_000 };
    await run(source, mix, { range });
    const part = await read(join(directory, 'bass.wav'));
    expect(part.reader.frames).toBe(range.frames);
    const expected = whole.planes[1]!.subarray(range.start, range.start + range.frames);
    expect(peakOf([difference(part.planes[1]!, expected)])).toBeLessThan(2e-6);
    // A range that reaches beyond the end stops there.
    await run(source, mix, { range: { start: 95_000, frames: 99_999 } });
    expect((await read(join(directory, 'bass.wav'))).reader.frames).toBe(1000);
  });

  it.each([
    ['no frame', 0, 0],
    ['one frame', 1, 0.5],
    ['a few frames', 100, 0.5],
    ['silence', 9000, 0],
    ['DC', 9000, 0.5],
    ['very quiet', 5000, 1e-12],
  ])('copes with %s', async (_, frames, level) => {
    const source = await wav('source.wav', [new Float32Array(frames).fill(level), new Float32Array(frames)]);
    const result = await run(source, source);
    for (const { file } of result.stems) {
      const { reader, planes } = await read(join(directory, file));
      expect(reader.frames).toBe(frames);
      expect(planes.every((plane) => plane.every(Number.isFinite))).toBe(true);
    }
    expect(result.residualDb ?? -Infinity).toBeLessThan(-120);
  });

  it.each([
    ['stereo at another rate', 2, 48_000],
    ['stereo at the model rate', 2, rate],
    ['mono at a rate that shares no instant with the model for a second', 1, 44_101],
    ['four channels', 4, 48_000],
  ])('resumes after cancels with the same bytes: %s', async (_, channels, sampleRate) => {
    const source = await wav('source.wav', chord(30_000, sampleRate, channels), sampleRate);
    const mix = await wav('mix.wav', chord(Math.round((30_000 * rate) / sampleRate), rate, 2));
    const bytes = async () =>
      Promise.all(['bass', 'other'].map((stem) => readFile(join(directory, `${stem}.wav`))));
    await run(source, mix);
    const expected = await bytes();
    expect((await readdir(directory)).sort()).toEqual(['bass.wav', 'drums.wav', 'other.wav', 'vocals.wav']);
    await rm(directory, { recursive: true });
    await mkdir(directory);
    for (let death = 0; death < 2; death++) {
      const abort = new AbortController();
      const progress = () => abort.abort();
      const input = { source, model: mix, pack: 'factors', range: null };
      await expect(separate(input, { directory, signal: abort.signal, progress })).rejects.toThrow('aborted');
      expect(await readdir(directory)).toContain('state.checkpoint');
      // Killed while the files got their names: some have theirs, all are longer than the checkpoint says.
      if (death === 1) await rename(join(directory, 'bass.wav.growing'), join(directory, 'bass.wav'));
      for (const name of ['bass.wav', 'other.wav.growing']) {
        if (death === 1) await writeFile(join(directory, name), 'more', { flag: 'a' });
      }
    }
    await run(source, mix);
    expect(await bytes()).toEqual(expected);
  });

  it('runs an imported MDX-Net: what comes back is the mix times its compensation, the rest is what remains', async () => {
    const shape = [1, 4, 700, 20];
    const file = join(home, 'identity.onnx');
    const graph = {
      name: 'identity',
      inputs: [{ name: 'input', shape }],
      outputs: [{ name: 'output', shape }],
      constants: [],
      nodes: [{ op: 'Identity', inputs: ['input'], outputs: ['output'] }],
    };
    await writeFile(file, encodeOnnxModel({ producer: 'test', opset: 17, graph }));
    await importOnnx(file, {
      id: 'mdx',
      adapter: 'mdx-net',
      stems: ['vocals'],
      sampleRate: rate,
      fftSize: 1536,
      hop: 256,
      compensate: 1.25,
    });
    const planes = chord(20_000, rate, 2);
    const source = await wav('source.wav', planes);
    const result = await run(source, source, { pack: 'mdx' });
    expect(result.stems.map(({ stem }) => stem)).toEqual(['vocals', 'instrumental']);
    expect(result.residualDb ?? -Infinity).toBeLessThan(-120);
    const vocals = await read(join(directory, 'vocals.wav'));
    const rest = await read(join(directory, 'instrumental.wav'));
    for (const [channel, plane] of planes.entries()) {
      // Away from the attack at the start and the cut at the end, which have something in the silenced bins;
      // of the kinks where windows are reflected a little is left.
      const middle = (samples: Float32Array) => samples.slice(1536, -1536);
      const all = middle(plane);
      expect(peakOf([difference(middle(vocals.planes[channel]!), all, 1.25)])).toBeLessThan(2e-3);
      expect(peakOf([difference(middle(rest.planes[channel]!), all, -0.25)])).toBeLessThan(2e-3);
    }
  });

  it('refuses what cannot be done, in words', async () => {
    const source = await wav('source.wav', chord(1000, rate, 2));
    const mono = await wav('mono.wav', chord(1000, rate, 1));
    await expect(run(source, source, { range: { start: 1000, frames: 1 } })).rejects.toThrow(
      'only 1000 frames',
    );
    await expect(run(source, source, { pack: 'nothing' })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(run(source, mono)).rejects.toThrow('has 1 channels at 44100 Hz');
  });
});
