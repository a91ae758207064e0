import { SoniError } from '../../contracts/errors.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import type { Planar } from '../audioStream.ts';
import { FractionalStage } from './fractionalStage.ts';
import { SteepStage, type PowerOfTwoRatio } from './steepStage.ts';

/** Stop-band attenuation of both stages in dB: 20 dB better than what is promised. */
const attenuation = 130;
/** Where the pass band ends, as a part of the lower one of both Nyquist frequencies; the stop band starts at it. */
const passBand = 0.95;

/** Frames that `frames` frames become: as long, to the nearest sample. */
export const resampledLength = (frames: number, from: number, to: number): number =>
  Math.round((frames * to) / from);

/**
 * Rate between the stages: the smallest power-of-two multiple of `from` at which what the steep stage lets
 * through fills at most a quarter.
 */
function steepRatio(from: number, to: number): PowerOfTwoRatio {
  const needed = 2 * Math.min(from, to);
  if (from < needed) return { up: 2, down: 1 };
  let down = 1;
  while (from / (2 * down) >= needed) down *= 2;
  return { up: 1, down };
}

/**
 * Streaming sample rate conversion with linear phase and no delay: output n is the band-limited signal at time
 * n / to, silence before and after it. Flat and clean to -130 dB up to 0.95 of the lower Nyquist frequency,
 * nothing beyond it. How the input is cut into calls has no influence on the result.
 *
 * ```ts
 * const resampler = new Resampler(48_000, 44_100, 2);
 * for await (const block of blocks) await writer.write(resampler.process(block));
 * await writer.write(resampler.finish()); // now exactly resampledLength(frames, 48_000, 44_100) in all
 * ```
 */
export class Resampler {
  readonly #steep: SteepStage;
  readonly #fractional: FractionalStage;
  /** Input of the steep stage that is still needed, one array of `steep.size` for each channel. */
  readonly #queue: Float32Array[];
  #queued: number;
  /** Output of the steep stage that is still needed. */
  readonly #between: Float64Array[];
  #betweenStart: number;
  #betweenLength = 0;
  #framesIn = 0;
  #framesOut = 0;

  constructor(
    readonly from: number,
    readonly to: number,
    readonly channels: number,
  ) {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 1 || to < 1 || channels < 1) {
      throw new SoniError('bad-usage', `Cannot resample ${channels} channels from ${from} to ${to} Hz.`);
    }
    const ratio = steepRatio(from, to);
    const stopEdge = Math.min(from, to) / 2 / from;
    this.#steep = new SteepStage(ratio, passBand * stopEdge, stopEdge, attenuation);
    this.#fractional = new FractionalStage(from * ratio.up, to * ratio.down, attenuation);
    // The fractional stage looks back from output 0 on what the filter's slope puts before it.
    const lead = this.#fractional.reach;
    this.#betweenStart = -lead;
    this.#queued = this.#steep.lookBack + (lead * ratio.down) / ratio.up;
    this.#queue = Array.from({ length: channels }, () => new Float32Array(this.#steep.size));
    const room = this.#steep.blockOutput + 4 * lead + 8;
    this.#between = Array.from({ length: channels }, () => new Float64Array(room));
  }

  /** Takes any number of frames, returns those that are ready (perhaps none). */
  process(audio: Planar): Float32Array[] {
    const frames = audio[0]?.length ?? 0;
    if (audio.length !== this.channels) {
      throw new SoniError('internal', `${this.channels} channels were expected, got ${audio.length}.`);
    }
    this.#framesIn += frames;
    if (this.from === this.to) {
      this.#framesOut += frames;
      return audio.map((plane) => plane.slice());
    }
    return this.#run(audio, frames, Infinity);
  }

  state(archive: Archive): void {
    archive.inPlace(...this.#queue, ...this.#between);
    this.#queued = archive.pass(this.#queued);
    this.#betweenStart = archive.pass(this.#betweenStart);
    this.#betweenLength = archive.pass(this.#betweenLength);
    this.#framesIn = archive.pass(this.#framesIn);
    this.#framesOut = archive.pass(this.#framesOut);
  }

  /** The rest of the signal. Nothing may be processed afterwards. */
  finish(): Float32Array[] {
    const total = resampledLength(this.#framesIn, this.from, this.to);
    const parts = Array.from({ length: this.channels }, () => new Float32Array(total - this.#framesOut));
    const silence = Array.from({ length: this.channels }, () => new Float32Array(this.#steep.hop));
    for (let done = 0; this.#framesOut < total;) {
      const more = this.#run(silence, this.#steep.hop, total);
      for (const [channel, part] of parts.entries()) part.set(more[channel]!, done);
      done += more[0]!.length;
    }
    return parts;
  }

  #run(audio: Planar, frames: number, limit: number): Float32Array[] {
    const pieces: Float32Array[][] = [];
    for (let done = 0; done < frames;) {
      const take = Math.min(frames - done, this.#steep.size - this.#queued);
      for (const [channel, queue] of this.#queue.entries()) {
        queue.set(audio[channel]!.subarray(done, done + take), this.#queued);
      }
      this.#queued += take;
      done += take;
      if (this.#queued === this.#steep.size) {
        this.#steepBlock();
        pieces.push(this.#fractionalBlock(limit));
      }
    }
    if (pieces.length === 1) return pieces[0]!;
    return Array.from({ length: this.channels }, (_, channel) => {
      const joined = new Float32Array(pieces.reduce((sum, piece) => sum + piece[0]!.length, 0));
      let at = 0;
      for (const piece of pieces) {
        joined.set(piece[channel]!, at);
        at += piece[channel]!.length;
      }
      return joined;
    });
  }

  #steepBlock(): void {
    for (let channel = 0; channel < this.channels; channel += 2) {
      this.#steep.run(
        this.#queue[channel]!,
        this.#queue[channel + 1],
        this.#between[channel]!,
        this.#between[channel + 1],
        this.#betweenLength,
      );
    }
    this.#betweenLength += this.#steep.blockOutput;
    for (const queue of this.#queue) queue.copyWithin(0, this.#steep.hop);
    this.#queued = this.#steep.size - this.#steep.hop;
  }

  /** All outputs whose surroundings are there, at most up to output `limit`. */
  #fractionalBlock(limit: number): Float32Array[] {
    const stage = this.#fractional;
    const end = this.#betweenStart + this.#betweenLength;
    const ready = stage.outputsBefore(end - stage.reach);
    const count = Math.max(0, Math.min(ready, limit) - this.#framesOut);
    const out = this.#between.map((plane) => {
      const samples = new Float32Array(count);
      stage.run(plane, this.#betweenStart, this.#framesOut, samples);
      return samples;
    });
    this.#framesOut += count;
    const keepFrom = Math.min(end, stage.positionOf(this.#framesOut) - stage.reach + 1);
    const drop = Math.max(0, keepFrom - this.#betweenStart);
    for (const plane of this.#between) plane.copyWithin(0, drop, this.#betweenLength);
    this.#betweenStart += drop;
    this.#betweenLength -= drop;
    return out;
  }
}
