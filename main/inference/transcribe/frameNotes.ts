import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ActivationSource } from './activations.ts';
import { findOnsets, scanActivations } from './onsets.ts';
import type { SoundingCells } from './soundingCells.ts';

/** A note in frames and as the index of its pitch, from `start` to `end` (exclusive). */
export interface FrameNote {
  readonly start: number;
  readonly end: number;
  readonly pitch: number;
}

export interface DecodingOptions {
  /** An onset counts from this strength on. */
  readonly onsetThreshold: number;
  /** A note sounds while its activation is at least this. */
  readonly frameThreshold: number;
  /** Notes of this many frames or fewer are dropped. */
  readonly minFrames: number;
  /** Pitch indices outside `low` to `high` (exclusive) are treated as silent. */
  readonly low: number;
  readonly high: number;
  readonly signal: AbortSignal;
}

/** A note ends when this many frames in a row are below the threshold: 128 ms. */
const toleratedGap = 11;

/**
 * Activations to notes, the algorithm of the authors' `output_to_notes_polyphonic` with inferred onsets and
 * the melodia trick, giving the same notes. It works on the sounding cells only, so its memory grows with the
 * notes and not with the length.
 * @returns notes ordered by start, then pitch
 */
export async function decodeFrameNotes(
  source: ActivationSource,
  options: DecodingOptions,
): Promise<FrameNote[]> {
  const scan = await scanActivations(source, options);
  const onsets = await findOnsets(source, scan, options);
  const shared = { cells: scan.cells, frames: source.frames, ...options };
  const notes: FrameNote[] = [];
  let steps = 0;
  for (const search of [notesFromOnsets(shared, onsets), notesWithoutOnset(shared)]) {
    for (const note of search) {
      if (note !== null) notes.push(note);
      if (++steps % stepsPerTurn !== 0) continue;
      // Hours of music take a while here: let a cancel in.
      await nextTurn();
      options.signal.throwIfAborted();
    }
  }
  return notes.sort((a, b) => a.start - b.start || a.pitch - b.pitch || a.end - b.end);
}

/** Steps between looks at the signal: some milliseconds. */
const stepsPerTurn = 5000;

interface Search {
  readonly cells: SoundingCells;
  readonly frames: number;
  readonly minFrames: number;
  readonly frameThreshold: number;
}

/**
 * Greedy, from the last onset to the first: a note lasts while its pitch sounds, and silences the neighbouring
 * semitones (which mostly are its own leakage) and itself for the notes before. `null` for an onset without a note.
 */
function* notesFromOnsets(
  { cells, frames, minFrames }: Search,
  onsets: readonly { pitch: number; frame: number }[],
): Generator<FrameNote | null> {
  for (const { pitch, frame: start } of onsets.toReversed()) {
    const end = cells.lastReached(pitch, start, frames - 1, toleratedGap) + 1;
    if (end - start <= minFrames) {
      yield null;
      continue;
    }
    for (const near of [pitch, pitch + 1, pitch - 1]) cells.clear(near, start, end);
    yield { start, end, pitch };
  }
}

/**
 * The melodia trick: what still sounds becomes notes without an onset, grown both ways from the strongest
 * cell. `null` for a cell without a note.
 */
function* notesWithoutOnset({
  cells,
  frames,
  minFrames,
  frameThreshold,
}: Search): Generator<FrameNote | null> {
  for (const { pitch, frame } of cells.strongestFirst(frameThreshold)) {
    if (!cells.take(pitch, frame)) {
      yield null;
      continue;
    }
    const end = cells.lastReached(pitch, frame, frames - 1, toleratedGap);
    const start = cells.firstReached(pitch, frame, 1, toleratedGap);
    // Everything that was looked at is spent, the gap that ended the note included.
    const spentFrom = Math.max(1, start - toleratedGap);
    const spentTo = Math.min(frames - 1, end + toleratedGap + 1);
    for (const near of [pitch, pitch + 1, pitch - 1]) {
      cells.clear(near, spentFrom, frame);
      cells.clear(near, frame + 1, spentTo);
    }
    // As with the authors, the last sounding frame is not part of the note.
    yield end - start > minFrames ? { start, end, pitch } : null;
  }
}
