import * as fc from 'fast-check';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aiff, decoding, fixtures } from '../../../test/support/decoding.ts';
import { SoniError } from '../../contracts/errors.ts';
import { decode } from './decodeOperation.ts';

const { decoded, saved, wav, folder, newDirectory } = decoding();

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
          const kind = await decoded(await saved('damaged-by-chance', bytes)).then(
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
    await expect(decoded(folder())).rejects.toMatchObject({
      kind: 'bad-input',
      message: `${folder()} is a folder; an audio file was expected.`,
    });
    const missing = join(folder(), 'missing.flac');
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
    const directory = await newDirectory();
    const controller = new AbortController();
    const run = decode(
      { source: await wav('long.wav', new Float32Array(500_000)) },
      { signal: controller.signal, directory, progress: () => controller.abort() },
    );
    await expect(run).rejects.toThrow('aborted');
    expect(await readdir(directory)).toEqual(['audio.wav.growing']);
  });
});
