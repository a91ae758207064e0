import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { decode } from '../../main/audio/decode/decodeOperation.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { operations } from '../../main/contracts/operations.ts';
import { writeWav } from './writeWav.ts';

/** A tenth of a second of two sines in every format (`make.sh`). */
export const fixtures = join(import.meta.dirname, '../../main/audio/decode/fixtures');

/** A folder for the tests of a file, and the decoder at work in it. */
export function decoding() {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sonidesk-decode-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const newDirectory = () => mkdtemp(join(folder, 'run-'));

  return {
    folder: () => folder,
    newDirectory,
    decoded: async (source: string) => {
      const directory = await newDirectory();
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
      expect(reader).toMatchObject({
        encoding: 'float32',
        sampleRate: output.sampleRate,
        frames: output.frames,
      });
      return { output: operations.decode.output.parse(output), planes, notes };
    },
    saved: async (name: string, bytes: Buffer): Promise<string> => {
      const path = join(folder, name);
      await writeFile(path, bytes);
      return path;
    },
    wav: (name: string, plane: Float32Array): Promise<string> =>
      writeWav(join(folder, name), [plane], { timeReference: 77 }),
  };
}

/** An AIFF file, or with a compression an AIFC file, of one channel at 44.1 kHz. */
export function aiff(bits: number, frames: number, data: Buffer, compression = ''): Buffer {
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
