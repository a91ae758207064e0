import { copyFile, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createWav } from '../../audio/wav/wavWriter.ts';
import { notesFile, type OperationContext } from '../../contracts/operations.ts';
import { installToneModel } from '../../../test/support/toneModel.ts';
import { transcribe } from './transcribe.ts';

let folder = '';
let pack = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transcribe-'));
  vi.stubEnv('SONIDESK_HOME', join(folder, 'home'));
  vi.stubEnv('SONIDESK_CHECKPOINT_MS', '0');
  pack = await installToneModel(join(folder, 'home', 'packs'));
});
afterAll(() => rm(folder, { recursive: true }));

const rate = 22050;
let count = 0;

/** Writes mono audio. */
async function wav(samples: Float32Array, sampleRate = rate): Promise<string> {
  const path = join(folder, `${count++}.wav`);
  const writer = await createWav(path, { sampleRate, channels: 1, encoding: 'float32' });
  await writer.write([samples]);
  await writer.close();
  return path;
}

interface Tone {
  readonly pitch: number;
  readonly start: number;
  readonly end: number;
}

/** Sine tones with 5 ms ramps. */
function tonesIn(seconds: number, tones: readonly Tone[]): Float32Array {
  const audio = new Float32Array(Math.round(seconds * rate));
  for (const { pitch, start, end } of tones) {
    const frequency = 440 * 2 ** ((pitch - 69) / 12);
    for (let i = Math.round(start * rate); i < Math.round(end * rate); i++) {
      const time = i / rate;
      const envelope = Math.min(1, (time - start) / 0.005, (end - time) / 0.005);
      audio[i]! += 0.4 * envelope * Math.sin(2 * Math.PI * frequency * time);
    }
  }
  return audio;
}

const request = (audio: string) => ({
  audio,
  pack,
  onsetThreshold: 0.5,
  frameThreshold: 0.3,
  minNoteSeconds: 0.1,
  minHz: null,
  maxHz: null,
});

function context(progress?: OperationContext['progress'], directory?: string) {
  const controller = new AbortController();
  const into = directory ?? join(folder, `out${count++}`);
  mkdirSync(into, { recursive: true });
  const value: OperationContext = {
    signal: controller.signal,
    directory: into,
    progress: (update) => progress?.(update),
  };
  return { ...value, controller };
}

const notesIn = async (directory: string) =>
  notesFile.parse(JSON.parse(await readFile(join(directory, 'notes.json'), 'utf8')));

/** Half a minute of tones: 43 windows of the tone model, 22 batches. */
const melody = Array.from({ length: 37 }, (_, i) => ({
  pitch: 60 + ((i * 7) % 12),
  start: 0.2 + 0.8 * i,
  end: 0.6 + 0.8 * i,
}));

describe('half a minute of tones', () => {
  let audio = '';
  let whole = '';
  let result: Awaited<ReturnType<typeof transcribe>>;
  beforeAll(async () => {
    audio = await wav(tonesIn(30, melody));
    const uncut = context();
    result = await transcribe(request(audio), uncut);
    whole = uncut.directory;
  });

  test('says how it was run', () => {
    expect(result).toMatchObject({ pack, packVersion: '1.0.0', notes: 'notes.json', count: melody.length });
    expect(result.realtimeFactor).toBeCloseTo(30 / result.seconds, 6);
  });

  test('gives its notes, in time to the last', async () => {
    const notes = await notesIn(whole);
    expect(notes.map(({ pitch }) => pitch)).toEqual(melody.map(({ pitch }) => pitch));
    for (const [i, { onset, offset, confidence }] of notes.entries()) {
      expect(Math.abs(onset - melody[i]!.start)).toBeLessThan(0.035);
      expect(Math.abs(offset - melody[i]!.end)).toBeLessThan(0.08);
      expect(confidence).toBeGreaterThan(0.5);
    }
  });

  test('leaves nothing but the notes', async () => {
    expect(await readdir(whole)).toEqual(['notes.json']);
  });

  test.each([1, 7, 20])('goes on after a stop at report %i, with the same bytes', async (stopAt) => {
    let reports = 0;
    const first: ReturnType<typeof context> = context(() => {
      if (++reports === stopAt) first.controller.abort();
    });
    await expect(transcribe(request(audio), first)).rejects.toMatchObject({ name: 'AbortError' });
    expect(reports).toBe(stopAt);

    const starts: number[] = [];
    const second = context(({ done }) => starts.push(done), first.directory);
    await transcribe(request(audio), second);
    expect(starts[0]).toBeGreaterThan(stopAt * rate * 0.7);
    expect(await readFile(join(second.directory, 'notes.json'))).toEqual(
      await readFile(join(whole, 'notes.json')),
    );
  });

  test.each(['activations.raw', 'state.checkpoint'])(
    'begins again when %s is gone or damaged',
    async (name) => {
      let reports = 0;
      const first: ReturnType<typeof context> = context(() => {
        if (++reports === 9) first.controller.abort();
      });
      await expect(transcribe(request(audio), first)).rejects.toMatchObject({ name: 'AbortError' });
      await writeFile(join(first.directory, name), 'nonsense');
      const second = context(undefined, first.directory);
      await transcribe(request(audio), second);
      expect(await readdir(second.directory)).toEqual(['notes.json']);
      expect(await notesIn(second.directory)).toEqual(await notesIn(whole));
    },
  );

  test('a checkpoint of other audio is not used', async () => {
    let reports = 0;
    const first: ReturnType<typeof context> = context(() => {
      if (++reports === 9) first.controller.abort();
    });
    await expect(transcribe(request(audio), first)).rejects.toMatchObject({ name: 'AbortError' });
    const shorter = await wav(tonesIn(3, [{ pitch: 66, start: 1, end: 2 }]));
    const second = context(undefined, first.directory);
    await transcribe(request(shorter), second);
    expect((await notesIn(second.directory)).map(({ pitch }) => pitch)).toEqual([66]);
  });
});

test.each([0, 1, 255, 256, 8092, 8093, 10140])('%i samples of silence have no notes', async (samples) => {
  const into = context();
  const { count: found } = await transcribe(request(await wav(new Float32Array(samples))), into);
  expect(found).toBe(0);
  expect(await notesIn(into.directory)).toEqual([]);
});

test('samples that are no numbers are silence, the rest is heard', async () => {
  const audio = tonesIn(4, [{ pitch: 64, start: 2, end: 3 }]);
  audio.fill(NaN, 1000, 2000);
  audio[3000] = Infinity;
  const into = context();
  await transcribe(request(await wav(audio)), into);
  expect((await notesIn(into.directory)).map(({ pitch }) => pitch)).toEqual([64]);
});

test('frequency limits leave out what lies outside', async () => {
  const audio = await wav(
    tonesIn(4, [
      { pitch: 60, start: 0.5, end: 1 },
      { pitch: 70, start: 2, end: 3 },
    ]),
  );
  const high = context();
  await transcribe({ ...request(audio), minHz: 350 }, high);
  expect((await notesIn(high.directory)).map(({ pitch }) => pitch)).toEqual([70]);
  const low = context();
  await transcribe({ ...request(audio), maxHz: 350 }, low);
  expect((await notesIn(low.directory)).map(({ pitch }) => pitch)).toEqual([60]);
});

test('audio at another rate and packs for other work are refused', async () => {
  const other = await wav(new Float32Array(100), 44100);
  await expect(transcribe(request(other), context())).rejects.toMatchObject({ kind: 'bad-input' });

  const packs = join(folder, 'home', 'packs');
  const manifest = JSON.parse(await readFile(join(packs, pack, 'manifest.json'), 'utf8')) as {
    id: string;
    model: { adapter: string };
  };
  manifest.id = 'separator';
  manifest.model.adapter = 'waveform';
  mkdirSync(join(packs, 'separator'));
  await copyFile(join(packs, pack, 'tones.onnx'), join(packs, 'separator', 'tones.onnx'));
  await writeFile(join(packs, 'separator', 'manifest.json'), JSON.stringify(manifest));
  const wrong = { ...request(other), pack: 'separator' };
  await expect(transcribe(wrong, context())).rejects.toMatchObject({ kind: 'unsupported' });
});
