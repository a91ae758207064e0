import * as fc from 'fast-check';
import { mkdtemp, readdir, readFile, rm, writeFile, mkdir, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unprivileged } from '../../../test/support/unprivileged.ts';
import { writeWav } from '../../../test/support/writeWav.ts';
import { SoniError } from '../../contracts/errors.ts';
import { bytesPerSample, type SampleEncoding } from './sampleEncoding.ts';
import { openWav } from './wavReader.ts';
import { createWav } from './wavWriter.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-wav-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function readAll(path: string) {
  const reader = await openWav(path);
  try {
    return { reader, planes: await reader.read(0, reader.frames) };
  } finally {
    await reader.close();
  }
}

/** A WAV put together by hand: chunks of given id, content and declared size. */
function riff(...chunks: [id: string, content: Buffer, size?: number, pad?: boolean][]): Buffer {
  const parts = chunks.flatMap(([id, content, size = content.length, pad = true]) => {
    const head = Buffer.alloc(8);
    head.write(id, 0, 'latin1');
    head.writeUInt32LE(size, 4);
    return [head, content, Buffer.alloc(pad ? content.length % 2 : 0)];
  });
  const body = Buffer.concat(parts);
  const head = Buffer.from('RIFF....WAVE', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return Buffer.concat([head, body]);
}

function pcmFormat(channels: number, bits: number, rate = 48_000, tag = 1): Buffer {
  const chunk = Buffer.alloc(16);
  chunk.writeUInt16LE(tag, 0);
  chunk.writeUInt16LE(channels, 2);
  chunk.writeUInt32LE(rate, 4);
  chunk.writeUInt32LE((rate * channels * bits) / 8, 8);
  chunk.writeUInt16LE((channels * bits) / 8, 12);
  chunk.writeUInt16LE(bits, 14);
  return chunk;
}

async function saved(name: string, bytes: Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const four16 = Buffer.from(Int16Array.of(16_384, -16_384, 8192, -32_768).buffer);

describe('round trip', () => {
  const encodings = ['int16', 'int24', 'int32', 'float32', 'float64'] as const;
  /** Largest error of one trip: half a step plus clipping at +1, and float32's own 24 bits for int32. */
  const tolerance: Record<SampleEncoding, number> = {
    uint8: 1 / 128,
    int16: 2 ** -15,
    int24: 2 ** -23,
    int32: 2 ** -24,
    float32: 0,
    float64: 0,
  };

  it('returns what was written, in any encoding, channel count, block size and read range', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...encodings),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.integer({ min: 0, max: 120 }), { maxLength: 6 }),
        fc.tuple(fc.nat(320), fc.nat(320)),
        fc.option(fc.nat(2 ** 40), { nil: null }),
        fc.constantFrom('auto' as const, 'RF64' as const),
        async (encoding, channels, frames, blocks, [start, count], timeReference, container) => {
          const planes = Array.from({ length: channels }, (_, channel) =>
            Float32Array.from({ length: frames }, (__, frame) => Math.sin(frame * 0.7 + channel * 2)),
          );
          const path = join(folder, 'property.wav');
          const writer = await createWav(path, {
            sampleRate: 44_100,
            channels,
            encoding,
            timeReference,
            container,
          });
          let done = 0;
          for (const block of [...blocks, frames]) {
            await writer.write(planes.map((plane) => plane.subarray(done, done + block)));
            done = Math.min(frames, done + block);
          }
          expect(writer.framesWritten).toBe(frames);
          await writer.close();

          const reader = await openWav(path);
          expect(reader).toMatchObject({ sampleRate: 44_100, channels, encoding, frames, timeReference });
          expect(reader.container).toBe(container === 'RF64' ? 'RF64' : 'WAV');
          expect(reader.bitDepth).toBe(bytesPerSample[encoding] * 8);
          expect(reader.warning).toBeNull();
          const back = await reader.read(start, count);
          await reader.close();
          for (const [channel, plane] of planes.entries()) {
            const expected = plane.subarray(start, start + count);
            expect(back[channel]!.length).toBe(expected.length);
            for (const [frame, value] of expected.entries()) {
              expect(Math.abs(back[channel]![frame]! - value)).toBeLessThanOrEqual(tolerance[encoding]);
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps every bit of float samples, NaN and infinities too, and of 24-bit integers', async () => {
    const odd = Float32Array.of(NaN, Infinity, -Infinity, 1e38, -1e-40, 2, -0);
    const { planes } = await readAll(await writeWav(join(folder, 'odd.wav'), [odd, odd]));
    expect(planes).toEqual([odd, odd]);
    const steps = Float32Array.from({ length: 1000 }, (_, i) => (i * 16_777 - 8_388_608) / 8_388_608);
    expect(
      (await readAll(await writeWav(join(folder, 's24.wav'), [steps], { encoding: 'int24' }))).planes,
    ).toEqual([steps]);
  });

  it('clips integers instead of wrapping', async () => {
    const loud = Float32Array.of(1.5, -1.5, 1, -1, NaN);
    for (const encoding of ['int16', 'int24', 'int32'] as const) {
      const { planes } = await readAll(await writeWav(join(folder, 'loud.wav'), [loud], { encoding }));
      const top = Math.fround(1 - 2 ** -(bytesPerSample[encoding] * 8 - 1));
      expect([...planes[0]!]).toEqual([top, -1, top, -1, 0]);
    }
  });

  it('serves reads that overlap in time', async () => {
    const plane = Float32Array.from({ length: 400_000 }, (_, i) => i / 400_000);
    const reader = await openWav(await writeWav(join(folder, 'concurrent.wav'), [plane, plane]));
    const parts = await Promise.all([0, 1, 2, 3].map((part) => reader.read(part * 100_000, 100_000)));
    await reader.close();
    for (const [part, planes] of parts.entries()) {
      expect(planes[1]!.length).toBe(100_000);
      expect(planes[1]!.every((value, i) => value === plane[part * 100_000 + i])).toBe(true);
    }
  });

  it('keeps the origin of a Broadcast Wave', async () => {
    const path = await writeWav(join(folder, 'bext.wav'), [new Float32Array(3)], {
      timeReference: 172_800_000_123,
      description: 'Gesang, Strophe – ä',
    });
    const { reader } = await readAll(path);
    expect(reader.broadcast).toMatchObject({
      timeReference: 172_800_000_123,
      description: 'Gesang, Strophe ? ?',
      originator: 'SoniDesk',
    });
  });
});

describe('the final name', () => {
  it('appears only at close, and never after abort', async () => {
    const path = join(folder, 'new folder', 'late.wav');
    const writer = await createWav(path, { sampleRate: 48_000, channels: 1, encoding: 'float32' });
    await writer.write([new Float32Array(10)]);
    await expect(readFile(path)).rejects.toThrow('ENOENT');
    await writer.close();
    await writer.close();
    expect(await readdir(join(folder, 'new folder'))).toEqual(['late.wav']);

    const dropped = await createWav(path, { sampleRate: 48_000, channels: 1, encoding: 'float32' });
    await dropped.write([new Float32Array(20)]);
    await dropped.abort();
    expect(await readdir(join(folder, 'new folder'))).toEqual(['late.wav']);
    expect((await readAll(path)).reader.frames).toBe(10);
  });

  it('is refused with a reason where nothing can be written', async () => {
    const file = await saved('a-file', Buffer.from('x'));
    await expect(
      createWav(join(file, 'x.wav'), { sampleRate: 48_000, channels: 1, encoding: 'float32' }),
    ).rejects.toMatchObject({ name: 'SoniError', kind: 'bad-input' });
    const wrong = createWav(join(folder, 'x.wav'), { sampleRate: 48_000, channels: 0, encoding: 'float32' });
    await expect(wrong).rejects.toThrow('A WAV file has 1 to 16383 channels, not 0.');
  });

  it('is refused in a read-only folder', async () => {
    const locked = join(folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    const format = { sampleRate: 48_000, channels: 1, encoding: 'float32' } as const;
    const refused = unprivileged(folder, () => createWav(join(locked, 'x.wav'), format));
    await expect(refused).rejects.toMatchObject({ kind: 'denied' });
  });

  it('wants the channels it was opened with', async () => {
    const writer = await createWav(join(folder, 'x.wav'), {
      sampleRate: 48_000,
      channels: 2,
      encoding: 'int16',
    });
    await expect(writer.write([new Float32Array(3), new Float32Array(2)])).rejects.toThrow(
      '2 channels of equal length were expected, got lengths 3, 2.',
    );
    await writer.abort();
  });
});

describe('foreign files', () => {
  it('skips unknown chunks, odd ones with and without their pad byte', async () => {
    for (const pad of [true, false]) {
      const bytes = riff(
        ['LIST', Buffer.from('odd'), 3, pad],
        ['fmt ', pcmFormat(2, 16)],
        ['junk', Buffer.alloc(7), 7, pad],
        ['data', four16],
        ['id3 ', Buffer.from('tail')],
      );
      const { reader, planes } = await readAll(await saved('chunks.wav', bytes));
      expect(reader.warning).toBeNull();
      expect(planes).toEqual([Float32Array.of(0.5, 0.25), Float32Array.of(-0.5, -1)]);
    }
  });

  it('takes a data chunk before the format chunk', async () => {
    const bytes = riff(['data', four16], ['fmt ', pcmFormat(1, 16)]);
    expect((await readAll(await saved('late-fmt.wav', bytes))).planes[0]).toHaveLength(4);
  });

  it('reads 8-bit and extensible files', async () => {
    const eight = riff(['fmt ', pcmFormat(1, 8)], ['data', Buffer.from([0, 128, 255])]);
    expect((await readAll(await saved('8.wav', eight))).planes[0]).toEqual(Float32Array.of(-1, 0, 127 / 128));
    const planes = Array.from({ length: 6 }, (_, i) => Float32Array.of(i / 8, -0.5));
    const surround = await writeWav(join(folder, '5.1.wav'), planes, {
      encoding: 'int24',
      channelMask: 0x3f,
    });
    const back = await readAll(surround);
    expect(back.reader).toMatchObject({ channels: 6, channelMask: 0x3f, bitDepth: 24 });
    expect(back.planes).toEqual(planes);
  });

  const streamed = [0xffffffff, 0x7fffffff - 36];
  it.each(streamed)('takes all there is for the size %i of a program that writes to a pipe', async (size) => {
    const bytes = riff(['fmt ', pcmFormat(1, 16)], ['data', four16, size]);
    const { reader } = await readAll(await saved('pipe.wav', bytes));
    expect(reader).toMatchObject({ frames: 4, warning: null });
  });

  it('takes all there is for a size of 0 that a dying recorder left, and says so', async () => {
    const bytes = riff(['fmt ', pcmFormat(1, 16)], ['data', four16, 0]);
    const { reader } = await readAll(await saved('died.wav', bytes));
    expect(reader.frames).toBe(4);
    expect(reader.warning).toBe('The header gives no length; all 8 bytes that follow are taken as audio.');
  });

  it('believes a size of 0 where other chunks follow', async () => {
    const bytes = riff(['fmt ', pcmFormat(1, 16)], ['data', Buffer.alloc(0)], ['LIST', Buffer.alloc(8)]);
    expect((await readAll(await saved('none.wav', bytes))).reader).toMatchObject({
      frames: 0,
      warning: null,
    });
  });

  it('uses what is there of a truncated file, down to whole frames, and says so', async () => {
    const bytes = riff(['fmt ', pcmFormat(2, 16)], ['data', four16, 4000]).subarray(0, -1);
    const { reader } = await readAll(await saved('cut.wav', bytes));
    expect(reader.frames).toBe(1);
    expect(reader.warning).toBe(
      'The header promises 4000 bytes of audio, the file holds 7: it was cut off. What is there is used.',
    );
  });

  it('never fails in an unknown way on damaged headers', async () => {
    const good = riff(['LIST', Buffer.from('odd')], ['fmt ', pcmFormat(2, 16)], ['data', four16]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(good.length),
        async (changes, length) => {
          const bytes = Buffer.from(good.subarray(0, length));
          for (const [at, value] of changes) if (at < length) bytes[at] = value;
          const path = await saved('damaged.wav', bytes);
          const kind = await readAll(path).then(
            () => 'read',
            (error: unknown) => (error instanceof SoniError ? error.kind : error),
          );
          expect(kind).toBeOneOf(['read', 'bad-input', 'unsupported']);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('what is no WAV', () => {
  it.each([
    ['empty', Buffer.alloc(0), 'bad-input', 'is empty (0 bytes); an audio file was expected.'],
    [
      'text',
      Buffer.from('Hello, this is text'),
      'bad-input',
      'is not a WAV file: it starts with "Hell", "RIFF" or "RF64" was expected.',
    ],
    [
      'header only',
      riff(['fmt ', pcmFormat(1, 16)]),
      'bad-input',
      'holds only a header and no audio (no data chunk). Export or copy it again.',
    ],
    [
      'no format',
      riff(['data', four16]),
      'bad-input',
      'is damaged: it has no format chunk. Export or copy it again.',
    ],
    [
      'no channels',
      riff(['fmt ', pcmFormat(0, 16)], ['data', four16]),
      'bad-input',
      'is damaged: its header says 0 channels at 48000 Hz.',
    ],
    [
      'absurd rate',
      riff(['fmt ', pcmFormat(1, 16, 0x7fff_ffff)], ['data', four16]),
      'bad-input',
      'is damaged: its header says 1 channels at 2147483647 Hz.',
    ],
    [
      'A-law',
      riff(['fmt ', pcmFormat(1, 8, 8000, 6)], ['data', four16]),
      'unsupported',
      'holds A-law; WAV files with 8 to 32-bit integers or 32 or 64-bit floats can be read. Export it as one of these.',
    ],
  ])('%s', async (_, bytes, kind, message) => {
    const path = await saved('not.wav', bytes);
    await expect(openWav(path)).rejects.toMatchObject({ kind, message: `${path} ${message}` });
  });

  it('a folder, a missing file', async () => {
    await expect(openWav(folder)).rejects.toMatchObject({
      kind: 'bad-input',
      message: `${folder} is a folder; an audio file was expected.`,
    });
    const missing = join(folder, 'missing.wav');
    await expect(openWav(missing)).rejects.toMatchObject({
      kind: 'not-found',
      message: `Cannot open ${missing}: there is no such file or folder.`,
    });
  });

  it('0 and 1 sample are fine, names with quotes, newlines and other scripts too', async () => {
    for (const name of ['a b.wav', `it's "so".wav`, 'line\nbreak.wav', '音楽 – Müsli 🎹.wav']) {
      for (const frames of [0, 1]) {
        const path = await writeWav(join(folder, name), [new Float32Array(frames).fill(0.5)]);
        expect((await readAll(path)).planes).toEqual([new Float32Array(frames).fill(0.5)]);
      }
    }
  });
});
