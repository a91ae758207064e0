import type { TakeTempoMap } from '../../../main/contracts/session.ts';
import type { Hertz, Samples } from '../../../main/contracts/units.ts';
import type { HostPosition } from '../../protocol/audioBlock.ts';

type Musical = NonNullable<HostPosition['musical']>;

/** A tempo ramp gives every block its own tempo: this many points a second describe it well enough. */
const rampPointsPerSecond = 50;
const highestMeter = 255;

const usable = ({ bpm, beatsPerBar, beatUnit }: Musical): boolean =>
  bpm > 0 &&
  bpm < 10_000 &&
  beatsPerBar >= 1 &&
  beatsPerBar <= highestMeter &&
  beatUnit >= 1 &&
  beatUnit <= highestMeter;

/** Notes the host's tempo and meter along a take, wherever they change. */
export class TempoTrail {
  readonly #points: TakeTempoMap = [];

  constructor(private readonly sampleRate: Hertz) {}

  get points(): TakeTempoMap {
    return this.#points;
  }

  /** @returns whether there is something new */
  pass(hostFrame: Samples, musical: Musical | null): boolean {
    if (musical === null || !usable(musical)) return false;
    const point = {
      sample: hostFrame,
      bpm: musical.bpm,
      numerator: Math.round(musical.beatsPerBar),
      denominator: Math.round(musical.beatUnit),
      bar: musical.bar,
      beat: musical.beat + musical.beatFraction,
    };
    const last = this.#points.at(-1);
    if (last !== undefined) {
      const sameMeter = last.numerator === point.numerator && last.denominator === point.denominator;
      if (sameMeter && last.bpm === point.bpm) return false;
      if (sameMeter && hostFrame - last.sample < this.sampleRate / rampPointsPerSecond) return false;
    }
    this.#points.push(point);
    return true;
  }
}
