import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRange, rangeAnswer } from './byteRange.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-range-'));
  await writeFile(join(folder, 'audio'), '0123456789');
  await writeFile(join(folder, 'empty'), '');
});
afterAll(() => rm(folder, { recursive: true }));

async function ask(range: string | null, name = 'audio') {
  const answer = await rangeAnswer(join(folder, name), range);
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body() ?? []) chunks.push(chunk as Buffer);
  return { ...answer, text: Buffer.concat(chunks).toString() };
}

describe('byte ranges', () => {
  it.each([
    ['bytes=0-3', { start: 0, end: 3 }],
    ['bytes=7-', { start: 7, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=5-500', { start: 5, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-4', null],
    ['bytes=-', null],
    ['bytes=0-1,3-4', null],
    ['lines=1-2', null],
    [null, null],
  ] as const)('%s', (header, expected) => expect(parseRange(header, 10)).toEqual(expected));

  it('gives the whole file', async () => {
    expect(await ask(null)).toMatchObject({
      status: 200,
      text: '0123456789',
      headers: { 'content-length': '10' },
    });
    expect(await ask(null, 'empty')).toMatchObject({ status: 200, text: '' });
  });

  it('gives a part', async () => {
    expect(await ask('bytes=2-4')).toMatchObject({
      status: 206,
      text: '234',
      headers: { 'content-length': '3', 'content-range': 'bytes 2-4/10' },
    });
  });

  it('says how long the file is when asked for what is not there', async () => {
    expect(await ask('bytes=10-20')).toMatchObject({
      status: 416,
      text: '',
      headers: { 'content-range': 'bytes */10' },
    });
  });

  it('tells of a file that is gone', async () => {
    await expect(rangeAnswer(join(folder, 'gone'), null)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
