import { tonics, type Content, type KeyFit } from '../../contracts/tags.ts';
import type { Seconds } from '../../contracts/units.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import { GrowingArray } from '../../analysis/growingArray.ts';
import type { HeadLayout, HeldBy } from './headLayout.ts';

/** Coarse frames to either side over which voice and drums are averaged: half a second in all. */
const reach = 5;
/** From this probability on there is singing, or drums. */
const threshold = 0.5;
/** A stretch shorter than this, or a gap, is not told. */
const shortestSeconds = 0.5;
/** So that one window cannot rule out a key. */
const leastProbability = 1e-4;

/** What a run of the head says: probabilities. */
export interface HeadOutput {
  readonly instruments: Float32Array;
  readonly role: Float32Array;
  /** As `KeyFit`. */
  readonly key: Float32Array;
  /** Shape [frames][2]: voice, drums. */
  readonly activity: Float32Array;
}

/** Sums up what the head says of the windows of a piece; a window counts by the frames in which something sounds. */
export class Verdict {
  private readonly instruments: Float64Array;
  private readonly roles: Float64Array;
  /** Sums of logarithms. */
  private readonly keys = new Float64Array(2 * tonics.length);
  /** Shape [frames][3]: voice, drums, whether it sounds. */
  private readonly activity: GrowingArray;
  private sounding = 0;

  constructor(
    private readonly layout: HeadLayout,
    private readonly frameSeconds: Seconds,
    private readonly pieceSeconds: Seconds,
  ) {
    this.instruments = new Float64Array(layout.instruments.length);
    this.roles = new Float64Array(layout.roles.length);
    this.activity = new GrowingArray(3, Math.ceil(pieceSeconds / frameSeconds) + 1);
  }

  /** @param mask 1 for each frame of the piece that sounds; as long as the part of the window that is in the piece */
  add({ instruments, role, key, activity }: HeadOutput, mask: Float32Array): void {
    const weight = mask.reduce((sum, on) => sum + on, 0);
    this.sounding += weight;
    for (let k = 0; k < instruments.length; k++) this.instruments[k]! += weight * instruments[k]!;
    for (let k = 0; k < role.length; k++) this.roles[k]! += weight * role[k]!;
    for (let k = 0; k < key.length; k++) this.keys[k]! += weight * Math.log(key[k]! + leastProbability);
    for (let n = 0; n < mask.length; n++) {
      const frame = this.activity.next();
      for (const k of [0, 1]) frame[k] = mask[n]! * activity[2 * n + k]!;
      frame[2] = mask[n]!;
    }
  }

  state(archive: Archive): void {
    archive.inPlace(this.instruments, this.roles, this.keys);
    this.activity.state(archive);
    this.sounding = archive.pass(this.sounding);
  }

  result(withFeatures: boolean): Content {
    const named = (names: readonly string[], sums: Float64Array) =>
      this.sounding === 0
        ? []
        : names
            .map((name, k) => ({ name, confidence: Math.min(1, sums[k]! / this.sounding) }))
            .toSorted((a, b) => b.confidence - a.confidence);
    const roles = named(this.layout.roles, this.roles);
    const mayHold = (activity: keyof Omit<HeldBy, 'least'>): boolean => {
      const { heldBy } = this.layout;
      if (heldBy === null) return true;
      const held = roles.filter(({ name }) => heldBy[activity].includes(name));
      return held.reduce((sum, { confidence }) => sum + confidence, 0) >= heldBy.least;
    };
    return {
      instruments: named(this.layout.instruments, this.instruments),
      roles,
      voice: mayHold('voice') ? this.spans(0) : [],
      drums: mayHold('drums') ? this.spans(1) : [],
      withFeatures,
      calibrated: this.layout.calibrated,
    };
  }

  /** Mean logarithms of the keys' probabilities; `null` for silence. */
  keyLogProbabilities(): KeyFit | null {
    return this.sounding === 0 ? null : Array.from(this.keys, (sum) => sum / this.sounding);
  }

  private spans(column: 0 | 1): { start: number; end: number }[] {
    const { values, frames } = this.activity;
    const shortest = shortestSeconds / this.frameSeconds;
    const found: { from: number; to: number }[] = [];
    let sum = 0;
    let sounding = 0;
    const count = (frame: number, sign: number) => {
      if (frame < 0 || frame >= frames) return;
      sum += sign * values[3 * frame + column]!;
      sounding += sign * values[3 * frame + 2]!;
    };
    for (let n = 0; n < reach; n++) count(n, 1);
    for (let n = 0; n < frames; n++) {
      count(n + reach, 1);
      count(n - reach - 1, -1);
      // Of the frames in which something sounds: between the hits of a slow drum there are still drums.
      if (sounding < 0.5 || sum / sounding < threshold) continue;
      const last = found.at(-1);
      if (last !== undefined && n - last.to < shortest) last.to = n + 1;
      else found.push({ from: n, to: n + 1 });
    }
    return found
      .filter(({ from, to }) => to - from >= shortest)
      .map(({ from, to }) => ({
        start: from * this.frameSeconds,
        // The last frame reaches past the end of the piece.
        end: Math.min(this.pieceSeconds, to * this.frameSeconds),
      }));
  }
}
