import * as fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../test/support/writeWav.ts';
import { SoniError } from '../../contracts/errors.ts';
import { operations } from '../../contracts/operations.ts';
import { openWav } from '../wav/wavReader.ts';
import { decode } from './decodeOperation.ts';

const fixtures = join(import.meta.dirname, 'fixtures');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-decode-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function decoded(source: string) {
  const directory = await mkdtemp(join(folder, 'run-'));
  const notes: string[] = [];
  const output = await decode(
    { source },
    {
      signal: new AbortController().signal,
      directory,
      progress: ({ note }) => {
        if (note !== undefined) notes.push(note);
      },
    },
  );
  expect(await readdir(directory)).toEqual(['audio.wav']);
  const reader = await openWav(join(directory, 'audio.wav'));
  const planes = await reader.read(0, reader.frames);
  await reader.close();
  expect(reader).toMatchObject({ encoding: 'float32', sampleRate: output.sampleRate, frames: output.frames });
  return { output: operations.decode.output.parse(output), planes, notes };
}

async function saved(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const wav = (name: string, plane: Float32Array): Promise<string> =>
  writeWav(join(folder, name), [plane], { timeReference: 77 });

/** The signal of fixtures/make.sh at any rate. */
const left = (n: number, rate: number) => 0.5 * Math.sin((2 * Math.PI * 440 * n) / rate);
const right = (n: number, rate: number) => 0.25 * Math.sin((2 * Math.PI * 660 * n) / rate);

/** Signal-to-error ratio in dB against a formula, the ends (which codecs smear) left out. */
function quality(plane: Float32Array, rate: number, expected: (n: number, rate: number) => number): number {
  let signal = 0;
  let error = 0;
  for (let n = 500; n < plane.length - 500; n++) {
    signal += expected(n, rate) ** 2;
    error += (plane[n]! - expected(n, rate)) ** 2;
  }
  return 10 * Math.log10(signal / error);
}

/** By how many samples a plane lags the formula. */
function lag(plane: Float32Array, rate: number, expected: (n: number, rate: number) => number): number {
  const correlations = Array.from({ length: 61 }, (_, shift) => {
    let sum = 0;
    for (let n = 500; n < plane.length - 500; n++) sum += plane[n]! * expected(n + 30 - shift, rate);
    return sum;
  });
  return correlations.indexOf(Math.max(...correlations)) - 30;
}

describe('formats', () => {
  it.each([
    ['tone.flac', 'FLAC', 80],
    ['tone.oga', 'FLAC in Ogg', 80],
    ['alac.m4a', 'ALAC in MP4', 80],
    ['tone.mp3', 'MP3', 20],
    ['tone.m4a', 'AAC in MP4', 14],
    ['tone.ogg', 'Ogg Vorbis', 20],
  ])('%s: exact length, aligned, both channels', async (name, format, decibels) => {
    const { output, planes, notes } = await decoded(join(fixtures, name));
    expect(output).toMatchObject({
      format,
      sampleRate: 44_100,
      channels: 2,
      frames: 5001,
      timeReference: null,
    });
    expect(notes).toEqual([]);
    expect(quality(planes[0]!, 44_100, left)).toBeGreaterThan(decibels);
    expect(quality(planes[1]!, 44_100, right)).toBeGreaterThan(decibels);
    expect([lag(planes[0]!, 44_100, left), lag(planes[1]!, 44_100, right)]).toEqual([0, 0]);
  });

  it('tone.webm: Opus, to the frame where the padding of the last packet begins', async () => {
    const { output, planes, notes } = await decoded(join(fixtures, 'tone.webm'));
    // 5001 frames at 44.1 kHz are 5443.3 at Opus' 48 kHz; FFmpeg finds as many in it.
    expect(output).toMatchObject({
      format: 'Opus in Matroska',
      sampleRate: 48_000,
      channels: 2,
      frames: 5444,
    });
    expect(notes).toEqual([]);
    expect(lag(planes[0]!, 48_000, left)).toBe(0);
  });

  it('tone.mkv: AAC without a word on its padding is taken as it is', async () => {
    const { output } = await decoded(join(fixtures, 'tone.mkv'));
    expect(output).toMatchObject({
      format: 'AAC in Matroska',
      sampleRate: 44_100,
      channels: 2,
      frames: 6144,
    });
  });

  it('lossless formats are exact to the bit', async () => {
    for (const name of ['tone.flac', 'tone.oga', 'alac.m4a']) {
      const { planes } = await decoded(join(fixtures, name));
      for (const plane of planes) {
        expect(plane.every((value) => Number.isInteger(value * 32_768))).toBe(true);
        expect(quality(plane, 44_100, plane === planes[0] ? left : right)).toBeGreaterThan(80);
      }
    }
  });

  it('mono stays mono', async () => {
    const { output, planes } = await decoded(join(fixtures, 'mono.mp3'));
    expect(output).toMatchObject({ channels: 1, frames: 5001 });
    expect(quality(planes[0]!, 44_100, (n, rate) => (left(n, rate) + right(n, rate)) / 2)).toBeGreaterThan(
      20,
    );
  });

  it('Opus comes at its 48 kHz, pre-skip and padding removed', async () => {
    const { output, planes } = await decoded(join(fixtures, 'tone.opus'));
    expect(output).toMatchObject({ format: 'Ogg Opus', sampleRate: 48_000, channels: 2 });
    expect(Math.abs(output.frames - (5001 * 48_000) / 44_100)).toBeLessThanOrEqual(1);
    expect(quality(planes[0]!, 48_000, left)).toBeGreaterThan(15);
    expect(lag(planes[0]!, 48_000, left)).toBe(0);
  });

  it('raw AAC, which does not tell its delay, comes whole', async () => {
    const { output, planes } = await decoded(join(fixtures, 'tone.aac'));
    expect(output).toMatchObject({ format: 'AAC', frames: 6 * 1024 });
    const aligned = planes[0]!.subarray(1024, 1024 + 5001);
    expect(quality(aligned, 44_100, left)).toBeGreaterThan(14);
    expect(lag(aligned, 44_100, left)).toBe(0);
  });

  it('goes by content, whatever the name says', async () => {
    const path = await saved('really a flac.wav', await readFile(join(fixtures, 'tone.flac')));
    expect((await decoded(path)).output.format).toBe('FLAC');
    const tagged = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x0a', 'latin1'), Buffer.alloc(10)]);
    const mp3 = await saved('tagged', Buffer.concat([tagged, await readFile(join(fixtures, 'tone.mp3'))]));
    expect((await decoded(mp3)).output).toMatchObject({ format: 'MP3', frames: 5001 });
  });

  it('WAV keeps its bits and its place on the timeline', async () => {
    const plane = Float32Array.from({ length: 100_000 }, (_, n) => Math.sin(n) * 3);
    const { output, planes } = await decoded(await wav('place.wav', plane));
    expect(output).toMatchObject({ format: 'WAV 32-bit float', timeReference: 77, frames: 100_000 });
    expect(Buffer.from(planes[0]!.buffer).equals(Buffer.from(plane.buffer))).toBe(true);
  });
});

/** An AIFF-C (or AIFF) file of one channel at 44.1 kHz. */
function aiff(bits: number, frames: number, data: Buffer, compression = ''): Buffer {
  const chunk = (id: string, content: Buffer) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(content.length);
    return Buffer.concat([Buffer.from(id, 'latin1'), size, content, Buffer.alloc(content.length % 2)]);
  };
  const common = Buffer.alloc(18);
  common.writeUInt16BE(1, 0);
  common.writeUInt32BE(frames, 2);
  common.writeUInt16BE(bits, 6);
  common.set(Buffer.from('400eac44000000000000', 'hex'), 8);
  const name = compression === '' ? Buffer.alloc(0) : Buffer.from(`${compression}\0\0`, 'latin1');
  const body = Buffer.concat([
    Buffer.from(compression === '' ? 'AIFF' : 'AIFC', 'latin1'),
    chunk('NAME', Buffer.from('odd')),
    chunk('COMM', Buffer.concat([common, name])),
    ...(data.length > 0 ? [chunk('SSND', Buffer.concat([Buffer.alloc(8), data]))] : []),
  ]);
  return Buffer.concat([chunk('FORM', body)]);
}

describe('AIFF', () => {
  const values = [0.5, -0.5, 0.25, -1];
  const floats = Buffer.alloc(16);
  for (const [i, value] of values.entries()) floats.writeFloatBE(value, 4 * i);
  it.each([
    ['8-bit', aiff(8, 4, Buffer.from([64, 192, 32, 128]))],
    ['16-bit', aiff(16, 4, Buffer.from('4000c00020008000', 'hex'))],
    ['24-bit', aiff(24, 4, Buffer.from('400000c00000200000800000', 'hex'))],
    ['little-endian', aiff(16, 4, Buffer.from('004000c000200080', 'hex'), 'sowt')],
    ['float', aiff(32, 4, floats, 'fl32')],
  ])('%s', async (name, bytes) => {
    const { output, planes } = await decoded(await saved(`${name}.aiff`, bytes));
    expect(output).toMatchObject({ sampleRate: 44_100, channels: 1, frames: 4 });
    expect([...planes[0]!]).toEqual(values);
  });

  it('says what is wrong with a header or too little data', async () => {
    const cut = await decoded(await saved('cut.aiff', aiff(16, 9, Buffer.from('4000c00020008000', 'hex'))));
    expect(cut.notes).toEqual([
      'The header promises 9 frames, the file holds 4: it was cut off. What is there is used.',
    ]);
    const header = await saved('header.aiff', aiff(16, 9, Buffer.alloc(0)));
    await expect(decoded(header)).rejects.toThrow(
      `${header} holds only a header and no audio. Export or copy it again.`,
    );
    const packed = await saved('ima4.aiff', aiff(16, 4, Buffer.alloc(8), 'ima4'));
    await expect(decoded(packed)).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('damaged headers', () => {
  it('of AIFF and MP4 files never fail in an unknown way', async () => {
    const sources = [
      aiff(24, 4, Buffer.from('400000c00000200000800000', 'hex')),
      await readFile(join(fixtures, 'tone.m4a')),
      await readFile(join(fixtures, 'alac.m4a')),
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...sources),
        fc.array(fc.tuple(fc.nat(900), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (source, changes) => {
          const bytes = Buffer.from(source);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const kind = await decoded(await saved('damaged', bytes)).then(
            () => 'read',
            (error: unknown) => (error instanceof SoniError ? error.kind : error),
          );
          expect(kind).toBeOneOf(['read', 'bad-input', 'unsupported']);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('damage that was found by chance', () => {
  const damaged = async (name: string, changes: readonly (readonly [number, number])[]) => {
    const bytes = await readFile(join(fixtures, name));
    for (const [at, value] of changes) bytes[at] = value;
    return decoded(await saved(`damaged-${name}`, bytes));
  };

  it('a packet that is said to last for hours does not become hours of silence', async () => {
    const { output } = await damaged('tone.m4a', [
      [871, 232],
      [559, 129],
      [890, 67],
      [72, 24],
    ]);
    expect(output.frames).toBeLessThan(1e6);
  });

  it('a chunk that is said to hold billions of packets is refused at once', async () => {
    const changes = [
      [591, 141],
      [96, 96],
      [522, 233],
      [473, 96],
      [836, 150],
    ] as const;
    await expect(damaged('tone.m4a', changes)).rejects.toMatchObject({
      kind: 'bad-input',
      message: expect.stringMatching(/is damaged: a chunk is said to hold \d+ packets, the track has \d+\./),
    });
  });
});

describe('bad input', () => {
  const known = 'WAV, AIFF, FLAC, MP3, AAC or M4A, Ogg Vorbis, Opus and WebM can be read.';

  it.each([
    ['empty.wav', Buffer.alloc(0), 'bad-input', 'is empty (0 bytes); an audio file was expected.'],
    [
      'text.wav',
      Buffer.from('Grüße,\nnot audio.'),
      'bad-input',
      `holds text, whatever its name says; ${known}`,
    ],
    ['noise.wav', Buffer.from([1, 2, 3, 0, 5]), 'bad-input', `is no audio file that is known here; ${known}`],
    ['x.mp3', Buffer.from('%PDF-1.7'), 'unsupported', `is a PDF document; ${known}`],
    [
      'song.wav',
      Buffer.from('MThd\0\0\0\x06'),
      'unsupported',
      `is a MIDI file, which holds notes and no audio; ${known}`,
    ],
    [
      'header.wav',
      Buffer.from('RIFF\x04\0\0\0WAVE', 'latin1'),
      'bad-input',
      'is damaged: it has no format chunk. Export or copy it again.',
    ],
    [
      'header.flac',
      Buffer.from('fLaC'),
      'bad-input',
      'looks like FLAC, but no audio could be decoded from it: it is cut off or damaged.',
    ],
  ])('%s', async (name, bytes, kind, message) => {
    const path = await saved(name, bytes);
    await expect(decoded(path)).rejects.toMatchObject({ kind, message: `${path} ${message}` });
  });

  it('a folder, a missing file', async () => {
    await expect(decoded(folder)).rejects.toMatchObject({
      kind: 'bad-input',
      message: `${folder} is a folder; an audio file was expected.`,
    });
    const missing = join(folder, 'missing.flac');
    await expect(decoded(missing)).rejects.toMatchObject({
      kind: 'not-found',
      message: `Cannot open ${missing}: there is no such file or folder.`,
    });
  });

  it('files cut off at any place give what is there, or a reason', async () => {
    for (const name of await readdir(fixtures)) {
      if (name.endsWith('.sh')) continue;
      const bytes = await readFile(join(fixtures, name));
      for (const part of [0.02, 0.5, 0.95]) {
        const path = await saved(`cut-${name}`, bytes.subarray(0, Math.round(bytes.length * part)));
        const outcome = await decoded(path).then(
          ({ output }) => (output.frames <= 6144 ? 'read' : output.frames),
          (error: { kind?: string; message: string }) => error.kind ?? error.message,
        );
        expect(outcome).toBeOneOf(['read', 'bad-input', 'unsupported']);
      }
    }
  });

  it('an M4A file whose header comes first and promises more than there is is reported', async () => {
    const bytes = await readFile(join(fixtures, 'tone.m4a'));
    const { output, notes } = await decoded(await saved('early.m4a', bytes.subarray(0, bytes.length * 0.6)));
    expect(output.frames).toBeLessThan(4000);
    expect(notes).toEqual([
      expect.stringMatching(
        /^The file is cut off or damaged after 0\.0\d+ of 0\.1\d+ s\. What is there is used\.$/,
      ),
    ]);
    expect((await decoded(join(fixtures, 'tone.m4a'))).notes).toEqual([]);
  });

  it('a FLAC file that ends before its header says is reported', async () => {
    const bytes = await readFile(join(fixtures, 'tone.flac'));
    bytes.writeUInt32BE(9000, 22);
    const { output, notes } = await decoded(await saved('early.flac', bytes));
    expect(output.frames).toBe(5001);
    expect(notes).toEqual([
      'The header promises 9000 frames, the file holds 5001: it was cut off. What is there is used.',
    ]);
  });

  it('no samples and one sample', async () => {
    expect((await decoded(await wav('none.wav', new Float32Array(0)))).output.frames).toBe(0);
    expect((await decoded(await wav('one.wav', Float32Array.of(0.5)))).planes).toEqual([
      Float32Array.of(0.5),
    ]);
  });

  it('a few samples that are no numbers become silence, with a note', async () => {
    const plane = new Float32Array(100_000).fill(0.25);
    plane[48_000] = NaN;
    plane[70_000] = -Infinity;
    const { planes, notes } = await decoded(await wav('nan.wav', plane));
    expect(notes).toEqual([
      '2 samples are not a number, infinite or above +120 dBFS, the first at 1.000 s (sample 48000, channel 1); replaced by silence.',
    ]);
    expect([planes[0]![47_999], planes[0]![48_000], planes[0]![70_000]]).toEqual([0.25, 0, 0]);
  });

  it('many of them are refused', async () => {
    const path = await wav('garbage.wav', new Float32Array(1000).fill(NaN, 500));
    await expect(decoded(path)).rejects.toMatchObject({
      kind: 'bad-input',
      message: `${path} is damaged: 500 samples are not a number, infinite or above +120 dBFS, the first at 0.010 s (sample 500, channel 1). Export it again from its source.`,
    });
  });

  it('stops when cancelled, with nothing under the final name', async () => {
    const directory = await mkdtemp(join(folder, 'run-'));
    const controller = new AbortController();
    const run = decode(
      { source: await wav('long.wav', new Float32Array(500_000)) },
      { signal: controller.signal, directory, progress: () => controller.abort() },
    );
    await expect(run).rejects.toThrow('aborted');
    expect(await readdir(directory)).toEqual(['audio.wav.growing']);
  });
});
