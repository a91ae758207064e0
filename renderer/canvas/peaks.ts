import {
  largestHeader,
  levelFor,
  parsePeaksHeader,
  valuesPerBin,
  type PeaksHeader,
} from '../../main/audio/peaks/peaksFormat.ts';
import type { Medium } from '../../main/contracts/desk.ts';
import { readBytes } from '../audio/mediumReader.ts';
import { Emitter } from '../state/emitter.ts';
import { RecentlyUsed } from './recentlyUsed.ts';

/** Bins fetched at once: 48 KB of stereo, an hour of the finest level in 80 pieces. */
const tileBins = 2048;
/** What is kept of all media together: 64 lanes in view need a fifth of it. */
const mostBytes = 64 * 2 ** 20;
/** Before an overview that could not be fetched is asked for again. */
const pausesMs = [300, 1000, 4000];
const tiles = new RecentlyUsed<Float32Array>(mostBytes);

export interface PeaksSlice {
  readonly framesPerBin: number;
  /** Index of the first bin in `values`. */
  readonly firstBin: number;
  /** [bins][channels][3]: minimum, maximum, RMS. */
  readonly values: Float32Array;
  readonly channels: number;
}

/** The peaks pyramid of one medium; tiles are fetched as they come into view. */
class Peaks {
  header: PeaksHeader | null = null;
  readonly #underWay = new Set<string>();
  /** First tile of the coarsest level; always kept. */
  #overview: Float32Array | null = null;

  constructor(
    private readonly id: string,
    private readonly changed: Emitter,
  ) {
    void this.#open();
  }

  /** Highest sample, from the overview; 0 until it is there. */
  get loudest(): number {
    const overview = this.#overview;
    if (overview === null) return 0;
    let peak = 0;
    for (let at = 0; at < overview.length; at += valuesPerBin) {
      peak = Math.max(peak, -overview[at]!, overview[at + 1]!);
    }
    return peak;
  }

  /**
   * The best that is there for a stretch at a scale; what is missing is fetched and told when it has come.
   * Coarser levels stand in meanwhile.
   */
  *slices(startFrame: number, endFrame: number, framesPerPixel: number): Generator<PeaksSlice> {
    const { header } = this;
    if (header === null) return;
    const wanted = levelFor(header, framesPerPixel);
    const { framesPerBin, bins } = header.levels[wanted]!;
    const first = Math.max(0, Math.floor(startFrame / framesPerBin / tileBins));
    const last = Math.min(Math.ceil(bins / tileBins) - 1, Math.floor(endFrame / framesPerBin / tileBins));
    for (let tile = first; tile <= last; tile++) {
      const from = tile * tileBins * framesPerBin;
      const slice =
        this.#tile(wanted, tile) ?? this.#standIn(wanted + 1, from, from + tileBins * framesPerBin);
      if (slice !== null) yield slice;
    }
  }

  #standIn(level: number, from: number, to: number): PeaksSlice | null {
    const { header } = this;
    if (header === null) return null;
    for (let coarser = level; coarser < header.levels.length; coarser++) {
      const { framesPerBin } = header.levels[coarser]!;
      const tile = Math.floor(from / framesPerBin / tileBins);
      const known = this.#known(coarser, tile);
      if (known === undefined) continue;
      const width = header.channels * valuesPerBin;
      const firstBin = Math.floor(from / framesPerBin);
      const offset = firstBin - tile * tileBins;
      const count = Math.ceil((to - from) / framesPerBin);
      return {
        framesPerBin,
        firstBin,
        values: known.subarray(offset * width, (offset + count) * width),
        channels: header.channels,
      };
    }
    return null;
  }

  #tile(level: number, tile: number): PeaksSlice | null {
    const header = this.header!;
    const known = this.#known(level, tile);
    if (known === undefined) {
      // What could not be fetched is asked for again when it is drawn next.
      void this.#fetch(level, tile).catch(() => undefined);
      return null;
    }
    const { framesPerBin } = header.levels[level]!;
    return { framesPerBin, firstBin: tile * tileBins, values: known, channels: header.channels };
  }

  async #open(): Promise<void> {
    for (const pause of [...pausesMs, null]) {
      try {
        this.header = parsePeaksHeader(new Uint8Array(await readBytes(this.id, 0, largestHeader)));
        await this.#fetch(this.header.levels.length - 1, 0);
        break;
      } catch {
        // After the last time nothing is drawn; playing does not need it.
        if (pause !== null) await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    this.changed.emit();
  }

  #known(level: number, tile: number): Float32Array | undefined {
    if (tile === 0 && level === this.header!.levels.length - 1) return this.#overview ?? undefined;
    return tiles.get(this.#key(level, tile));
  }

  #key(level: number, tile: number): string {
    return `${this.id}/${level}/${tile}`;
  }

  async #fetch(level: number, tile: number): Promise<void> {
    const key = this.#key(level, tile);
    if (this.#underWay.has(key)) return;
    this.#underWay.add(key);
    const { channels, levels } = this.header!;
    const { bins, position } = levels[level]!;
    const binBytes = channels * valuesPerBin * 4;
    const first = tile * tileBins;
    const count = Math.min(tileBins, bins - first);
    try {
      const bytes =
        count <= 0
          ? new ArrayBuffer(0)
          : await readBytes(this.id, position + first * binBytes, count * binBytes);
      const values = new Float32Array(bytes);
      if (tile === 0 && level === levels.length - 1) this.#overview = values;
      else tiles.set(key, values, values.byteLength);
      this.changed.emit();
    } finally {
      this.#underWay.delete(key);
    }
  }
}

const known = new Map<string, Peaks>();
/** Told when more can be drawn. */
export const peaksChanged = new Emitter();

export function peaksOf(id: string): Peaks {
  let peaks = known.get(id);
  if (peaks === undefined) {
    peaks = new Peaks(id, peaksChanged);
    known.set(id, peaks);
  }
  return peaks;
}

/** Quieter songs are drawn at most this much larger. */
const mostGain = 8;

/** What waveforms are multiplied with, so that a song fills its lanes; the same for all lanes of a song. */
export function drawingGain(sources: readonly Medium[]): number {
  const loudest = Math.max(0, ...sources.map(({ peaks }) => (peaks === null ? 0 : peaksOf(peaks).loudest)));
  return loudest === 0 ? 1 : Math.min(mostGain, 0.98 / loudest);
}
