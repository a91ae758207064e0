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

/** Bins fetched at once: 48 KB of stereo, an hour of the finest level in 80 pieces. */
const tileBins = 2048;

export interface PeaksSlice {
  readonly framesPerBin: number;
  /** Index of the first bin in `values`. */
  readonly firstBin: number;
  /** [bins][channels][3]: minimum, maximum, RMS. */
  readonly values: Float32Array;
  readonly channels: number;
}

/** The peaks pyramid of one medium; tiles are fetched as they come into view and kept. */
class Peaks {
  header: PeaksHeader | null = null;
  readonly #tiles = new Map<string, Float32Array | 'under way'>();

  constructor(
    private readonly id: string,
    private readonly changed: Emitter,
  ) {
    void this.#open();
  }

  /** Highest sample, from the overview; 0 until it is there. */
  get loudest(): number {
    if (this.header === null) return 0;
    const overview = this.#tiles.get(`${this.header.levels.length - 1}/0`);
    if (!(overview instanceof Float32Array)) return 0;
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
      const known = this.#tiles.get(`${coarser}/${tile}`);
      if (!(known instanceof Float32Array)) continue;
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
    const key = `${level}/${tile}`;
    const known = this.#tiles.get(key);
    if (known === undefined) void this.#fetch(level, tile, key);
    if (!(known instanceof Float32Array)) return null;
    const { framesPerBin } = header.levels[level]!;
    return { framesPerBin, firstBin: tile * tileBins, values: known, channels: header.channels };
  }

  async #open(): Promise<void> {
    try {
      this.header = parsePeaksHeader(new Uint8Array(await readBytes(this.id, 0, largestHeader)));
      const coarsest = this.header.levels.length - 1;
      await this.#fetch(coarsest, 0, `${coarsest}/0`);
    } catch {
      // Nothing is drawn then; playing does not need it.
    }
    this.changed.emit();
  }

  async #fetch(level: number, tile: number, key: string): Promise<void> {
    if (this.#tiles.has(key)) return;
    this.#tiles.set(key, 'under way');
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
      this.#tiles.set(key, new Float32Array(bytes));
      this.changed.emit();
    } catch {
      this.#tiles.delete(key);
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
