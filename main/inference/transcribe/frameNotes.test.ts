import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readManifest } from '../packs/manifest.ts';
import { emptyActivations } from './activations.ts';
import { frameCount, frameLayout, frameTime, windowCount } from './basicPitchFrames.ts';
import { finishNotes } from './finishNotes.ts';
import { decodeFrameNotes } from './frameNotes.ts';
import { goldenActivations, inMemory, readGolden } from './goldenPiece.ts';

const manifest = await readManifest(
  new URL('../../../models/packs/basic-pitch/manifest.json', import.meta.url).pathname,
);
const layout = frameLayout(manifest);
const { signal } = new AbortController();
const pitchIndex = (hertz: number) => Math.round(12 * Math.log2(hertz / 440) + 69) - 21;
const limits = { low: 0, high: 88, signal };

const golden = readGolden();
test.each(golden.decoding)('piece $seed gives the notes of the authors', async (piece) => {
  const { minHz, maxHz, ...thresholds } = piece.options;
  const source = goldenActivations(layout, piece.seed, piece.frames);
  const decoded = await decodeFrameNotes(source, {
    ...thresholds,
    low: minHz === null ? 0 : pitchIndex(minHz),
    high: maxHz === null ? 88 : pitchIndex(maxHz),
    signal,
  });
  const found = decoded.map(({ start, end, pitch }) => [start, end, pitch + 21]);
  expect(found.sort(byNumbers)).toEqual(piece.notes.map((note) => note.slice(0, 3)).sort(byNumbers));

  const finished = await finishNotes(source, layout, decoded, signal);
  const loudness = finished.map(({ onset, pitch, velocity }) => `${onset} ${pitch} ${velocity}`);
  const expected = piece.notes.map(
    ([start, , pitch, amplitude]) => `${frameTime(layout, start)} ${pitch} ${Math.round(127 * amplitude)}`,
  );
  expect(loudness.sort()).toEqual(expected.sort());
});

test('bends are those of the authors', async () => {
  const piece = golden.decoding[0]!;
  const source = goldenActivations(layout, piece.seed, piece.frames);
  const notes = piece.notes.map(([start, end, pitch]) => ({ start, end, pitch: pitch - 21 }));
  const finished = await finishNotes(source, layout, notes, signal);
  const thirds = finished.map(
    ({ bend }, i) => bend?.map((value) => Math.round(3 * value)) ?? noBend(piece.notes[i]!),
  );
  expect(thirds).toEqual(piece.notes.map(([, , , , bends]) => bends));
});

const noBend = ([start, end]: readonly [number, number, ...unknown[]]) =>
  Array.from({ length: end - start }, () => 0);
const byNumbers = (a: (number | number[] | undefined)[], b: (number | number[] | undefined)[]) =>
  Number(a[0]) - Number(b[0]) || Number(a[2]) - Number(b[2]);

test('silence and activations that are no numbers give no notes', async () => {
  const silence = emptyActivations(500, 88);
  expect(await decodeFrameNotes(inMemory(silence), { ...thresholds, ...limits })).toEqual([]);
  const broken = { ...silence, notes: silence.notes.map(() => NaN), onsets: silence.onsets.map(() => NaN) };
  expect(await decodeFrameNotes(inMemory(broken), { ...thresholds, ...limits })).toEqual([]);
});

const thresholds = { onsetThreshold: 0.5, frameThreshold: 0.3, minFrames: 11 };

test('a steady level, where nothing rises, still has its onsets', async () => {
  const piece = emptyActivations(200, 88);
  for (let frame = 0; frame < 200; frame++) piece.notes[frame * 88 + 40] = 0.8;
  piece.onsets[50 * 88 + 40] = 0.9;
  const notes = await decodeFrameNotes(inMemory(piece), { ...thresholds, ...limits });
  expect(notes).toContainEqual({ start: 50, end: 199, pitch: 40 });
});

test('frames cover the audio to its end, and their times never go back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000_000 }), (samples) => {
      const frames = frameCount(layout, samples);
      const last = frameTime(layout, frames - 1) * layout.sampleRate;
      expect(last).toBeLessThan(samples);
      expect(samples - last).toBeLessThanOrEqual(layout.hop + 1e-6);
      expect(frames).toBeLessThanOrEqual(windowCount(layout, samples) * layout.keptFrames);
    }),
  );
  for (let frame = 1; frame < 2000; frame++) {
    expect(frameTime(layout, frame)).toBeGreaterThan(frameTime(layout, frame - 1));
  }
});

test("frame times stay within 11 ms of the authors' even correction", () => {
  // model_frames_to_time of basic-pitch 0.4.0.
  const offset = (256 / 22050) * (172 - 43844 / 256) + 0.0018;
  let worst = 0;
  for (let frame = 0; frame < 50_000; frame++) {
    const theirs = (frame * 256) / 22050 - offset * Math.floor(frame / 172);
    worst = Math.max(worst, Math.abs(frameTime(layout, frame) - theirs));
  }
  expect(worst).toBeLessThan(0.011);
});
