import type { HostClock, Pulse, Studio } from '../../main/contracts/studio.ts';
import { Emitter } from '../state/emitter.ts';
import { GrowingPeaks } from './growingPeaks.ts';

/** A host that has said nothing for so long has stopped, or its plugin is gone. */
const silentMs = 300;
/** The timeline goes on behind the last take, so that there is room for what comes. */
const roomSeconds = 10;
const leastSeconds = 60;
const floorDb = -60;
/** Falls this fast, as peak programme meters do. */
const fallDbPerSecond = 24;

/** What moves in the DAW's session; views draw from it in every frame, and no framework state is touched. */
class Live {
  /** Told with every pulse, and when the session has changed. */
  readonly changed = new Emitter();
  readonly growing = new Map<string, GrowingPeaks>();
  clock: HostClock | null = null;
  studio: Studio | null = null;
  #heardAt = 0;
  readonly #levels = new Map<string, { peaks: readonly number[]; at: number }>();

  reset(): void {
    this.growing.clear();
    this.#levels.clear();
    this.clock = null;
  }

  know(studio: Studio): void {
    this.studio = studio;
    // A take whose peaks file is there is drawn from it.
    for (const { takes } of studio.tracks) {
      for (const { id, peaks } of takes) if (peaks !== null) this.growing.delete(id);
    }
    this.changed.emit();
  }

  pulse({ clock, levels, growth }: Pulse): void {
    const now = performance.now();
    if (clock?.frame !== this.clock?.frame || clock?.playing !== this.clock?.playing) this.#heardAt = now;
    this.clock = clock;
    for (const { track, peaks } of levels) this.#levels.set(track, { peaks, at: now });
    for (const { take, from, frames, bins } of growth) {
      const peaks = this.growing.get(take) ?? new GrowingPeaks();
      peaks.append(from, bytesOf(bins));
      peaks.frames = frames;
      this.growing.set(take, peaks);
    }
    if (clock !== null || growth.length > 0 || levels.length > 0) this.changed.emit();
  }

  get sampleRate(): number {
    return this.studio?.sampleRate ?? 48_000;
  }

  get playing(): boolean {
    return this.clock?.playing === true && performance.now() - this.#heardAt < silentMs;
  }

  /** Seconds on the host's timeline; between two pulses it runs on by itself. */
  get position(): number {
    if (this.clock === null) return 0;
    const runs = this.playing && !this.clock.offline ? (performance.now() - this.#heardAt) / 1000 : 0;
    return this.clock.frame / this.sampleRate + runs;
  }

  /** What the host loops over, in seconds. */
  get loop(): { readonly start: number; readonly end: number } | null {
    const loop = this.clock?.loop ?? null;
    return loop && { start: loop.start / this.sampleRate, end: loop.end / this.sampleRate };
  }

  /** In dB of each channel, falling since it was heard. */
  levelsOf(track: string): number[] {
    const heard = this.#levels.get(track);
    if (heard === undefined) return [];
    const fallen = (fallDbPerSecond * (performance.now() - heard.at)) / 1000;
    return heard.peaks.map((peak) =>
      Math.max(floorDb, (peak === 0 ? floorDb : 20 * Math.log10(peak)) - fallen),
    );
  }

  /** Whether a meter is still falling. */
  get sounding(): boolean {
    const now = performance.now();
    for (const { at } of this.#levels.values()) {
      if (now - at < (-1000 * floorDb) / fallDbPerSecond) return true;
    }
    return false;
  }

  /** Seconds that the timeline shows. */
  get duration(): number {
    let end = this.position;
    for (const { takes } of this.studio?.tracks ?? []) {
      for (const { id, hostStart, frames, sampleRate } of takes) {
        end = Math.max(end, (hostStart + Math.max(frames, this.growing.get(id)?.frames ?? 0)) / sampleRate);
      }
    }
    for (const { frame } of this.studio?.markers ?? []) end = Math.max(end, frame / this.sampleRate);
    // In steps, so that the picture does not creep while something is captured.
    return Math.max(leastSeconds, Math.ceil((end + roomSeconds) / 30) * 30);
  }
}

export const meterFloorDb = floorDb;

function bytesOf(base64: string): Int8Array {
  const text = atob(base64);
  return Int8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

export const live = new Live();
