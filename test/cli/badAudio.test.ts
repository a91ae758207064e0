import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tags } from '../../main/contracts/tags.ts';
import { lastLine, runCli } from './runCli.ts';
import { claiming, tone, wave } from './waveFiles.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-audio-'));
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

const good = wave(8000, tone);

async function tagFile(name: string, bytes: Buffer | string) {
  const path = join(home, name);
  await writeFile(path, bytes);
  return await runCli(['tag', path, '--json'], { home });
}

describe.concurrent('files that cannot be used: exit code 2 and one line that says why', () => {
  it.each([
    ['empty.wav', Buffer.alloc(0), /is empty \(0 bytes\)/],
    ['riff-only.wav', good.subarray(0, 12), /damaged|no format/],
    ['header-only.wav', good.subarray(0, 36), /only a header and no audio/],
    [
      'text.wav',
      'Dear diary, today I renamed a text file.\n'.repeat(20),
      /holds text, whatever its name says/,
    ],
    [
      'noise.wav',
      Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251)),
      /not|no audio|format/,
    ],
    ['all-nan.wav', wave(4000, () => NaN, { format: 3, bits: 32 }), /damaged: 4000 samples are not a number/],
    ['all-inf.wav', wave(4000, () => Infinity, { format: 3, bits: 32 }), /not a number, infinite/],
  ])('%s', async (name, bytes, message) => {
    const { code, stdout, stderr } = await tagFile(name, bytes);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lastLine(stderr)).toMatch(message);
    expect(lastLine(stderr)).toContain(name);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('a folder, a missing file', async () => {
    await mkdir(join(home, 'folder.wav'));
    const folder = await runCli(['tag', join(home, 'folder.wav')], { home });
    expect(folder).toMatchObject({ code: 2, stdout: '' });
    expect(lastLine(folder.stderr)).toMatch(/folder\.wav.*folder/);
    const missing = await runCli(['tag', join(home, 'nothing here.wav')], { home });
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(lastLine(missing.stderr)).toMatch(/nothing here\.wav.*no such file/);
  });
});

describe.concurrent('unusual files that can be used: exit code 0', () => {
  it.each([
    ['zero-samples.wav', wave(0, tone), 0],
    ['one-sample.wav', wave(1, () => 0.5), 1 / 44_100],
    ['zeros.wav', wave(22_050, () => 0), 0.5],
    ['dc.wav', wave(22_050, () => 0.7), 0.5],
    ['eight-channels.wav', wave(22_050, tone, { channels: 8 }), 0.5],
    ['8-khz.wav', wave(8000, tone, { sampleRate: 8000 }), 1],
    ['192-khz.wav', wave(96_000, tone, { sampleRate: 192_000, channels: 2 }), 0.5],
    ['24-bit.wav', wave(22_050, tone, { bits: 24 }), 0.5],
    ['a few NaN.wav', wave(44_100, (n) => (n === 100 ? NaN : 0.1), { format: 3, bits: 32 }), 1],
    ['truncated.wav', good.subarray(0, 44 + 8000), 4000 / 44_100],
    ['size-too-large.wav', claiming(good, 900_000), 8000 / 44_100],
    ['size-odd.wav', claiming(good, 15_999), 7999 / 44_100],
    ['it\'s "quoted" & $(echo odd) ; name.wav', good, 8000 / 44_100],
    ['line\nbreak.wav', good, 8000 / 44_100],
    ['音楽 – Ωμέγα – 🎶.wav', good, 8000 / 44_100],
  ])('%j', async (name, bytes, seconds) => {
    const { code, stdout, stderr } = await tagFile(name, bytes);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const found = tags.parse(JSON.parse(stdout));
    expect(found.durationSeconds).toBeCloseTo(seconds, 9);
  });

  it('says what it mended', async () => {
    const { stderr } = await tagFile(
      'mended.wav',
      wave(44_100, (n) => (n === 100 ? NaN : 0.1), { format: 3, bits: 32 }),
    );
    expect(stderr).toMatch(/1 sample is not a number/);
  });
});

describe('stems of unusual files', () => {
  it('leave nothing behind when the source is bad', async () => {
    const source = join(home, 'bad source.wav');
    await writeFile(source, 'no audio');
    const output = join(home, 'stems of nothing');
    const { code } = await runCli(['run', source, '-o', output], { home });
    expect(code).toBe(2);
    expect(await readdir(output).catch(() => [])).toEqual([]);
  });
});
