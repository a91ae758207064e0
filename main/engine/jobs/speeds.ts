import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { OperationName } from '../../contracts/operations.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';

const speed = z.object({
  /** Wall seconds per second of audio. */
  cost: z.number().positive(),
  provider: z.string().nullable(),
  updated: z.number(),
});
const speedsFile = z.object({ version: z.literal(1), speeds: z.record(z.string(), speed) });
type Speed = z.infer<typeof speed>;

/** Weight of the newest measurement in the exponential average... */
const newestWeight = 0.3;
/** ... when it was at least this long; shorter ones are mostly start-up. */
const fullWeightSeconds = 30;

/**
 * Wall seconds per second of audio to be expected of an ordinary laptop. They only weigh the parts of a
 * progress bar against each other before anything has been measured; no time is ever promised from them.
 */
const priors: Record<OperationName, number> = {
  decode: 0.01,
  resample: 0.02,
  separate: 1,
  transcribe: 0.1,
  tokenise: 0.03,
  'embed-clips': 0.005,
  features: 0.02,
  recognise: 0.02,
  tag: 0.03,
  mix: 0.05,
  'render-mix': 0.05,
  'select-stems': 0.01,
  peaks: 0.005,
};

/** What was run: speeds are kept apart by model and its version. */
export interface SpeedSubject {
  readonly operation: OperationName;
  readonly pack: { readonly id: string; readonly version: string } | null;
}

/** How fast a pack was on this machine. */
export interface PackSpeed {
  readonly pack: string;
  readonly version: string;
  readonly provider: string;
  /** Seconds of audio per second. */
  readonly realtimeFactor: number;
}

const nameOf = ({ operation, pack }: SpeedSubject) =>
  pack === null ? operation : `${operation} ${pack.id}@${pack.version}`;

/** Measured speeds of this machine, kept over runs: an exponential average per operation, pack and provider. */
export class Speeds {
  #speeds: Record<string, Speed>;

  constructor(private readonly path: string) {
    this.#speeds = read(path);
  }

  /** Wall seconds per second of audio, from the provider used last; `measured` is false for a mere guess. */
  expect(subject: SpeedSubject): { readonly cost: number; readonly measured: boolean } {
    const name = nameOf(subject);
    const known = Object.entries(this.#speeds)
      .filter(([key]) => key === name || key.startsWith(`${name} on `))
      .map(([, value]) => value)
      .sort((a, b) => b.updated - a.updated)[0];
    return known === undefined
      ? { cost: priors[subject.operation], measured: false }
      : { cost: known.cost, measured: true };
  }

  /** Of everything that packs did here, the latest first. */
  ofPacks(): PackSpeed[] {
    return Object.entries(this.#speeds)
      .sort(([, a], [, b]) => b.updated - a.updated)
      .flatMap(([key, { cost, provider }]) => {
        const [, pack, version] = /^\S+ (\S+)@(.+?)(?: on \S+)?$/.exec(key) ?? [];
        if (pack === undefined || version === undefined || provider === null) return [];
        return [{ pack, version, provider, realtimeFactor: 1 / cost }];
      });
  }

  /** Notes a complete run; the file is written by `save`. */
  measured(subject: SpeedSubject, provider: string | null, audioSeconds: number, wallSeconds: number): void {
    if (audioSeconds <= 0 || wallSeconds <= 0) return;
    const key = provider === null ? nameOf(subject) : `${nameOf(subject)} on ${provider}`;
    const cost = wallSeconds / audioSeconds;
    const known = this.#speeds[key];
    const weight = newestWeight * Math.min(1, audioSeconds / fullWeightSeconds);
    this.#speeds[key] = {
      cost: known === undefined ? cost : known.cost * (1 - weight) + cost * weight,
      provider,
      updated: Date.now(),
    };
  }

  async save(): Promise<void> {
    // Another process may have measured meanwhile: the newer of each is kept.
    const merged = { ...read(this.path) };
    for (const [key, value] of Object.entries(this.#speeds)) {
      if ((merged[key]?.updated ?? 0) <= value.updated) merged[key] = value;
    }
    this.#speeds = merged;
    await writeFileAtomic(this.path, JSON.stringify({ version: 1, speeds: merged }, null, 1));
  }
}

function read(path: string): Record<string, Speed> {
  try {
    return speedsFile.parse(JSON.parse(readFileSync(path, 'utf8'))).speeds;
  } catch {
    // Nothing measured yet, or by another version: measured anew.
    return {};
  }
}
