/** A piece of what went to the loudspeakers. */
interface Block {
  /** Of the audio clock, at its first sample. */
  readonly frame: number;
  /** When the audio thread made it, in milliseconds since 1970; to the millisecond. */
  readonly madeAt: number;
}

export interface Heard {
  readonly sampleRate: number;
  readonly blocks: readonly Block[];
  readonly left: Float32Array;
  readonly right: Float32Array;
  /** Presses of A as the browser dates them, in milliseconds since 1970. */
  readonly presses: readonly number[];
  /** From making a block to the loudspeaker, as the browser says, in milliseconds. */
  readonly deviceMs: number;
}

/** -80 dBFS: far over rounding, far under what is to be heard. */
const audible = 1e-4;
const probe = 4096;
/** The song is looked for so far around where it was last found. */
const reachFrames = 44_100;

/** Where the original lies under what was heard, and at which gain. */
interface Fit {
  /** Song frame minus recorded frame. */
  readonly lag: number;
  readonly gain: number;
}

function fitAt({ left }: Heard, song: Float32Array, at: number, lag: number): Fit | null {
  // Most places are no fit in the very first samples.
  const quick = left[at]! / (song[at + lag] ?? 0);
  if (!(quick > 0.01 && quick < 4)) return null;
  for (let n = at; n < at + 8; n++) {
    if (Math.abs(left[n]! - quick * (song[n + lag] ?? 0)) > 10 * audible) return null;
  }
  let [product, power] = [0, 0];
  for (let n = at; n < at + probe; n++) {
    const reference = song[n + lag] ?? 0;
    product += left[n]! * reference;
    power += reference * reference;
  }
  if (power < probe * 1e-6) return null;
  const gain = product / power;
  for (let n = at; n < at + probe; n++) {
    if (Math.abs(left[n]! - gain * (song[n + lag] ?? 0)) > audible) return null;
  }
  return gain > 0.01 ? { lag, gain } : null;
}

/** The place in the song of what was heard from a frame on, which must be the original. */
function findFit(heard: Heard, song: Float32Array, at: number, near: number | null): Fit | null {
  if (near !== null) {
    const again = fitAt(heard, song, at, near);
    if (again !== null) return again;
  }
  const [from, to] = near === null ? [-at, song.length - at] : [near - reachFrames, near + reachFrames];
  for (let lag = from; lag < to; lag++) {
    const found = fitAt(heard, song, at, lag);
    if (found !== null) return found;
  }
  return null;
}

/** Index of the recorded frame whose block was made first at or after a moment. */
const frameAt = ({ blocks }: Heard, time: number): number => {
  const block = blocks.findIndex(({ madeAt }) => madeAt >= time);
  return block < 0 ? blocks.length * 128 : block * 128;
};

/**
 * The presses that lead away from the original: from the press to the block in which it is no longer what sounds; and
 * those that lead back: to the block from which on nothing else sounds.
 */
export function changesOver(
  heard: Heard,
  song: Float32Array,
): { readonly away: readonly number[]; readonly back: readonly number[] } {
  const away: number[] = [];
  const back: number[] = [];
  let lag: number | null = null;
  heard.presses.forEach((press, index) => {
    const from = frameAt(heard, press);
    const next = heard.presses[index + 1];
    const until = next === undefined ? heard.left.length : frameAt(heard, next);
    const isBack = index % 2 === 1;
    // Settled: before the press when it leads away, before the next one when it led back.
    const settled = (isBack ? until : from) - 2 * probe;
    const fit = settled < 0 ? null : findFit(heard, song, settled, lag);
    if (fit === null) return;
    ({ lag } = fit);
    const isOriginal = (n: number) =>
      Math.abs(heard.left[n]! - fit.gain * (song[n + fit.lag] ?? 0)) <= audible;
    let at = isBack ? settled : from - probe;
    if (isBack) while (at > from && isOriginal(at - 1)) at--;
    else while (at < until && isOriginal(at)) at++;
    const { madeAt } = heard.blocks[Math.min(heard.blocks.length - 1, Math.floor(at / 128))]!;
    (isBack ? back : away).push(madeAt - press);
  });
  return { away, back };
}
