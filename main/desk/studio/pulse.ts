import type { HostClock, Pulse } from '../../contracts/studio.ts';
import type { BridgeServer } from '../../../plugin-bridge/server/bridgeServer.ts';

/** Twenty times a second: a meter that falls by itself looks smooth with it. */
const pulseMs = 50;
/** What one pulse carries of the outlines at most, in bins: a window that comes late gets hours bit by bit. */
const mostBins = 16_000;

/** Where the host's transport is, from the plugin that was heard last. */
function clockOf(server: BridgeServer): HostClock | null {
  let newest: HostClock | null = null;
  for (const live of server.liveTracks()) {
    const { position } = live;
    if (position === undefined) continue;
    const { playing, looping, offline, musical } = position;
    const clock = {
      frame: Number(position.hostFrame),
      playing,
      looping,
      loop: live.loop,
      offline,
      bpm: musical?.bpm ?? null,
      bar: musical?.bar ?? null,
      beat: musical?.beat ?? null,
    };
    // All plugins of one host play together; one that has been silent since is behind.
    if (
      newest === null ||
      (playing && !newest.playing) ||
      (playing === newest.playing && clock.frame > newest.frame)
    )
      newest = clock;
  }
  return newest;
}

/** What moves, told to any number of windows. */
export class PulseTeller {
  readonly #listeners = new Map<(pulse: Pulse) => void, Map<string, number>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly server: BridgeServer) {}

  /** Tells of what takes look like from their beginning on. */
  add(listener: (pulse: Pulse) => void, signal: AbortSignal): void {
    this.#listeners.set(listener, new Map());
    this.#timer ??= setInterval(() => this.#tell(), pulseMs);
    signal.addEventListener('abort', () => this.#remove(listener), { once: true });
  }

  close(): void {
    for (const listener of this.#listeners.keys()) this.#remove(listener);
  }

  #remove(listener: (pulse: Pulse) => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tell(): void {
    const clock = clockOf(this.server);
    const levels = [...this.server.liveTracks()].flatMap(({ id, meter }) => {
      const peaks = meter.take();
      return peaks.some((peak) => peak > 0) ? [{ track: id, peaks }] : [];
    });
    for (const [listener, told] of this.#listeners) listener({ clock, levels, growth: this.#growth(told) });
  }

  #growth(told: Map<string, number>): Pulse['growth'] {
    let left = mostBins;
    const growth: Pulse['growth'] = [];
    for (const { recorder } of this.server.sources()) {
      const [take, outline] = [recorder?.recording, recorder?.outline];
      if (take == null || outline == null) continue;
      const from = told.get(take) ?? 0;
      const bins = outline.read(from, left);
      const count = bins.length / 3;
      if (count === 0) continue;
      left -= count;
      told.set(take, from + count);
      growth.push({
        take,
        from,
        frames: outline.frames,
        bins: Buffer.from(bins.buffer, bins.byteOffset, bins.length).toString('base64'),
      });
    }
    return growth;
  }
}
