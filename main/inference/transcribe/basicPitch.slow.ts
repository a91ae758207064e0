import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { decode } from '../../audio/decode/decodeOperation.ts';
import { resample } from '../../audio/resample/resampleOperation.ts';
import { openWav } from '../../audio/wav/wavReader.ts';
import { createWav } from '../../audio/wav/wavWriter.ts';
import { asSoniError } from '../../contracts/errors.ts';
import { notesFile, type OperationContext } from '../../contracts/operations.ts';
import { loadModel } from '../onnx/model.ts';
import { createSession } from '../onnx/session.ts';
import { addPack } from '../packs/addPack.ts';
import type { InstalledPack } from '../packs/installedPack.ts';
import { frameLayout, frameTime } from './basicPitchFrames.ts';
import { goldenClip, readGolden } from './goldenPiece.ts';
import { transcribe } from './transcribe.ts';

/** The real pack: fetched with npm (or from the mirror folder), converted here, against the authors' ONNX and Python. */
const data =
  process.env['SONIDESK_DATA'] ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const authorsModel = join(data, 'anchors/basic-pitch/nmp.onnx');
const songs = [
  'eir/1.Hydrogen/MINILOGUE_SYNTH.m4a',
  'eir/3.Sodium/PLUCK.m4a',
  'eir/6.Caesium/6.Caesium_Master.m4a',
].map((name) => join(data, name));

let folder = '';
let pack: InstalledPack | undefined;
let unavailable = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'basic-pitch-'));
  vi.stubEnv('SONIDESK_HOME', join(folder, 'home'));
  try {
    pack = await addPack('basic-pitch', { acceptLicence: false });
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (error.kind !== 'network') throw thrown;
    unavailable = error.message;
  }
});
afterAll(() => rm(folder, { recursive: true }));

async function context(name: string): Promise<OperationContext> {
  const directory = join(folder, name);
  await mkdir(directory, { recursive: true });
  return { signal: new AbortController().signal, directory, progress: () => undefined };
}

const request = (audio: string) => ({
  audio,
  pack: 'basic-pitch',
  onsetThreshold: 0.5,
  frameThreshold: 0.3,
  minNoteSeconds: 0.1277,
  minHz: null,
  maxHz: null,
});

test("the converted graph computes what the authors' ONNX does on music", async ({ skip }) => {
  if (pack === undefined) return skip(`the pack cannot be had: ${unavailable}`);
  if (![authorsModel, ...songs].every(existsSync)) return skip(`no test data at ${data}`);
  const layout = frameLayout(pack.manifest);
  const ours = await loadModel(pack);
  const authors = await createSession(authorsModel, { provider: 'cpu' });
  const outputs = {
    [layout.contourOutput]: 'StatefulPartitionedCall:0',
    [layout.noteOutput]: 'StatefulPartitionedCall:1',
    [layout.onsetOutput]: 'StatefulPartitionedCall:2',
  };
  let worst = 0;
  for (const [i, song] of songs.entries()) {
    const decoded = await context(`decoded${i}`);
    const { audio } = await decode({ source: song }, decoded);
    const resampled = await context(`resampled${i}`);
    const input = {
      audio: join(decoded.directory, audio),
      sampleRate: layout.sampleRate,
      channels: 1 as const,
    };
    const { audio: mono } = await resample(input, resampled);
    const reader = await openWav(join(resampled.directory, mono));
    // Every tenth window: beginnings, breaks and full arrangements.
    for (let start = 0; start < reader.frames; start += 10 * layout.windowHop) {
      const data = new Float32Array(layout.windowSamples);
      data.set((await reader.read(start, layout.windowSamples))[0]!);
      const dims = [1, layout.windowSamples, 1];
      const found = await ours.run({ input_2: { data, dims } });
      const expected = await authors.run({ 'serving_default_input_2:0': new Tensor('float32', data, dims) });
      for (const [mine, theirs] of Object.entries(outputs)) {
        const values = expected[theirs]!.data as Float32Array;
        const differences = found[mine]!.data.map((value, at) => Math.abs(value - values[at]!));
        worst = differences.reduce((most, one) => Math.max(most, one), worst);
      }
    }
    await reader.close();
  }
  await ours.close();
  await authors.release();
  expect(worst).toBeGreaterThan(0);
  expect(worst).toBeLessThan(1e-4);
});

test("a clip gives the notes of the authors' Python", async ({ skip }) => {
  if (pack === undefined) return skip(`the pack cannot be had: ${unavailable}`);
  const { clip } = readGolden();
  const samples = goldenClip();
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0);
  expect(power).toBeCloseTo(clip.sumOfSquares, 2);
  const audio = join(folder, 'clip.wav');
  const writer = await createWav(audio, { sampleRate: 22050, channels: 1, encoding: 'float32' });
  await writer.write([samples]);
  await writer.close();
  const into = await context('clip');
  await transcribe(request(audio), into);
  const notes = notesFile.parse(JSON.parse(await readFile(join(into.directory, 'notes.json'), 'utf8')));

  const layout = frameLayout(pack.manifest);
  // Notes of the authors' last frames may go on here: their frames end 0.7 % before the audio does.
  const inside = frameTime(layout, clip.frames - 1);
  const found = notes
    .filter(({ offset }) => offset < inside)
    .map(({ onset, offset, pitch, velocity, bend }) => ({ onset, offset, pitch, velocity, bend }));
  const expected = clip.notes
    .map(([start, end, pitch, amplitude, bends]) => ({
      onset: frameTime(layout, start),
      offset: frameTime(layout, end),
      pitch,
      velocity: Math.round(127 * amplitude),
      bend: bends!.some((bend) => bend !== 0)
        ? bends!.map((bend) => Number((bend / 3).toFixed(3)))
        : undefined,
    }))
    .filter(({ offset }) => offset < inside)
    .sort((a, b) => a.onset - b.onset || a.pitch - b.pitch);
  expect(expected.length).toBeGreaterThan(60);
  expect(found).toEqual(expected);
});

test('four hundred windows later the memory is the same', async ({ skip }) => {
  if (pack === undefined) return skip(`the pack cannot be had: ${unavailable}`);
  const audio = join(folder, 'long.wav');
  const writer = await createWav(audio, { sampleRate: 22050, channels: 1, encoding: 'float32' });
  const clip = goldenClip();
  for (let i = 0; i < 66; i++) await writer.write([clip]);
  await writer.close();
  const into = await context('long');
  const resident: number[] = [];
  await transcribe(request(audio), {
    ...into,
    progress: () => resident.push(process.memoryUsage().rss),
  });
  const early = Math.max(...resident.slice(5, 15));
  // Held, four hundred windows of audio and activations would be 190 MB; garbage varies by tens.
  expect(Math.max(...resident)).toBeLessThan(early + 150e6);
});
