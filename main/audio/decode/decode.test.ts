import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aiff, decoding, fixtures } from '../../../test/support/decoding.ts';

const { decoded, saved, wav } = decoding();

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
