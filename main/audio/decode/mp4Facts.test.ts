import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMp4Facts } from './mp4Facts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-mp4-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function box(type: string, ...content: (Buffer | string)[]): Buffer {
  const body = Buffer.concat(
    content.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)),
  );
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

const words = (...values: number[]) =>
  Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(value);
      return bytes;
    }),
  );

const movieHeader = box('mvhd', words(0, 0, 0, 1000, 5000, 0x10000));
const handler = box('mdia', box('hdlr', words(0, 0), 'soun', words(0, 0, 0)));
const edits = (...entries: number[][]) =>
  box('edts', box('elst', words(0, entries.length), ...entries.map((entry) => words(...entry, 0x10000))));

async function facts(...content: Buffer[]) {
  const path = join(folder, 'file.m4a');
  await writeFile(path, Buffer.concat([box('ftyp', 'M4A '), box('free', Buffer.alloc(5)), ...content]));
  return readMp4Facts(path);
}

describe('readMp4Facts', () => {
  it("finds Apple's gapless comment and the edit of the audio track", async () => {
    const comment = ' 00000000 00000840 00000191 0000000000E7B62F 00000000';
    const item = box(
      '----',
      box('mean', words(0), 'com.apple.iTunes'),
      box('name', words(0), 'iTunSMPB'),
      box('data', words(1, 0), comment),
    );
    const meta = box('udta', box('meta', words(0), box('ilst', box('©nam'), item)));
    const video = box('trak', box('mdia', box('hdlr', words(0, 0), 'vide', words(0, 0, 0))), edits([1, 7]));
    const audio = box('trak', edits([40, -1], [4950, 2112]), handler);
    expect(await facts(box('mdat', Buffer.alloc(99)), box('moov', movieHeader, video, audio, meta))).toEqual({
      alacCookie: null,
      edit: { duration: 4950, timescale: 1000 },
      gapless: { delay: 2112, padding: 401, frames: 15_185_455 },
    });
  });

  it('knows nothing of files without a movie box, with several edits or damaged boxes', async () => {
    const nothing = { alacCookie: null, edit: null, gapless: null };
    expect(await facts()).toEqual(nothing);
    const several = box('trak', edits([10, 0], [20, 500]), handler);
    expect(await facts(box('moov', movieHeader, several))).toEqual(nothing);
    const broken = box('moov', movieHeader, box('trak', edits([10, 0]), handler)).subarray(0, 60);
    expect(await facts(broken)).toEqual(nothing);
  });
});
