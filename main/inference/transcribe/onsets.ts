import type { ActivationSource, Activations } from './activations.ts';
import { SoundingCells } from './soundingCells.ts';

/** Frames read at a time: 50 s of audio, 3 MB. */
const readFrames = 4096;

interface Limits {
  readonly frameThreshold: number;
  readonly low: number;
  readonly high: number;
  readonly signal: AbortSignal;
}

export interface ActivationScan {
  readonly cells: SoundingCells;
  /** Over the whole piece. */
  readonly strongestOnset: number;
  readonly steepestRise: number;
}

/** Calls `visit` with each block and the two frames before it (fewer at the start), in order. */
async function forEachBlock(
  source: ActivationSource,
  signal: AbortSignal,
  visit: (block: Activations, first: number, before: number) => void,
): Promise<void> {
  for (let first = 0; first < source.frames; first += readFrames) {
    signal.throwIfAborted();
    const before = Math.min(2, first);
    visit(await source.read(first - before, readFrames + before), first, before);
  }
}

/**
 * By how much a pitch is louder than one frame and two frames before, whichever is less; 0 when it is not,
 * and in the first two frames of the piece. `at` indexes the block's row-major data.
 */
function rise(notes: Float32Array, at: number, pitches: number, frame: number): number {
  if (frame < 2) return 0;
  const now = notes[at]!;
  return Math.max(0, Math.min(now - notes[at - pitches]!, now - notes[at - 2 * pitches]!));
}

/** First pass: the cells that sound, and the two maxima that scale the inferred onsets. */
export async function scanActivations(source: ActivationSource, limits: Limits): Promise<ActivationScan> {
  const { pitches } = source;
  const cells = new SoundingCells(pitches);
  let strongestOnset = 0;
  let steepestRise = 0;
  await forEachBlock(source, limits.signal, ({ frames, notes, onsets }, first, before) => {
    for (let row = before; row < frames; row++) {
      const frame = first - before + row;
      for (let pitch = limits.low; pitch < limits.high; pitch++) {
        const at = row * pitches + pitch;
        if (onsets[at]! > strongestOnset) strongestOnset = onsets[at]!;
        const climbed = rise(notes, at, pitches, frame);
        if (climbed > steepestRise) steepestRise = climbed;
        if (notes[at]! >= limits.frameThreshold) cells.add(pitch, frame, notes[at]!);
      }
    }
  });
  return { cells, strongestOnset, steepestRise };
}

/**
 * Second pass: local maxima in time of the stronger of two signs, the model's onset and a sudden rise of the
 * note activation, scaled to the same maximum (`get_infered_onsets`).
 * @returns onsets ordered by frame, then pitch
 */
export async function findOnsets(
  source: ActivationSource,
  { strongestOnset, steepestRise }: ActivationScan,
  limits: Limits & { readonly onsetThreshold: number },
): Promise<{ pitch: number; frame: number }[]> {
  const { pitches } = source;
  const found: { pitch: number; frame: number }[] = [];
  let twoBefore = new Float64Array(pitches);
  let oneBefore = new Float64Array(pitches);
  let current = new Float64Array(pitches);
  await forEachBlock(source, limits.signal, ({ frames, notes, onsets }, first, before) => {
    for (let row = before; row < frames; row++) {
      const frame = first - before + row;
      for (let pitch = limits.low; pitch < limits.high; pitch++) {
        const at = row * pitches + pitch;
        const climbed = steepestRise > 0 ? rise(notes, at, pitches, frame) : 0;
        const inferred = climbed > 0 ? (strongestOnset * climbed) / steepestRise : 0;
        current[pitch] = Math.max(onsets[at]!, inferred);
        const peak = oneBefore[pitch]!;
        const isPeak = frame >= 2 && peak > twoBefore[pitch]! && peak > current[pitch]!;
        if (isPeak && peak >= limits.onsetThreshold) found.push({ pitch, frame: frame - 1 });
      }
      [twoBefore, oneBefore, current] = [oneBefore, current, twoBefore];
    }
  });
  return found;
}
