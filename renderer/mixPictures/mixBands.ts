import type { StripSettings } from '../../main/contracts/mixPlan.ts';
import { fromDecibels } from '../../main/contracts/units.ts';
import { panGains } from '../../main/audio/strip/pan.ts';
import { curveDb } from '../canvas/eqCurve.ts';
import { bandCentres, bandCount } from './bands.ts';
import type { LaneBands } from './laneBands.ts';

/** What a lane's strip makes of each band: gains of both sides, shapes [bands]. The compressor's make-up counts, its work does not. */
interface BandGains {
  readonly left: Float64Array;
  readonly right: Float64Array;
}

export function bandGains(strip: StripSettings): BandGains {
  const [left, right] = panGains(strip.pan);
  const makeup = strip.compressor.enabled ? strip.compressor.makeupDb : 0;
  const gains = Float64Array.from(bandCentres, (hz) =>
    fromDecibels(curveDb(strip, hz) + strip.gainDb + makeup),
  );
  return { left: gains.map((gain) => gain * left), right: gains.map((gain) => gain * right) };
}

/** How the sum of lanes sounds, over all moments. Shapes: [bands]. */
export interface MixBands {
  /** dB re full scale. */
  readonly spectrum: Float64Array;
  /** Part of the sides' difference in the whole: 0 is mono, 0.5 sides that have nothing in common. */
  readonly width: Float64Array;
  /** The same over all bands together. */
  readonly totalWidth: number;
}

/** Lanes are taken as unrelated to each other: powers add. */
export function mixBands(lanes: readonly LaneBands[], gains: readonly BandGains[]): MixBands {
  const total = new Float64Array(bandCount);
  const side = new Float64Array(bandCount);
  lanes.forEach((lane, index) => {
    const { left, right } = gains[index]!;
    for (let at = 0; at < lane.left.length; at++) {
      const band = at % bandCount;
      const [l, r] = [left[band]!, right[band]!];
      const both = (lane.left[at]! * l ** 2 + lane.right[at]! * r ** 2) / lane.moments;
      const common = (2 * lane.cross[at]! * l * r) / lane.moments;
      total[band] = total[band]! + both / 2;
      side[band] = side[band]! + (both - common) / 4;
    }
  });
  const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
  const part = (some: number, all: number) => (all > 1e-12 ? Math.max(0, some / all) : 0);
  return {
    spectrum: total.map((power) => 10 * Math.log10(power + 1e-12)),
    width: side.map((power, band) => part(power, total[band]!)),
    totalWidth: part(sum(side), sum(total)),
  };
}

/** Where one lane is covered by all others together. Shapes: [bands]. */
export interface Masking {
  /** How much a band matters for the lane, 0 to 1: 1 is its strongest, 0 lies 24 dB under it. */
  readonly relevance: Float64Array;
  /** Part of the moments in which the lane plays there that the others are louder by more than the margin. */
  readonly covered: Float64Array;
  /** Over all bands, by relevance. */
  readonly total: number;
}

/** Noise this much over a tone within one band covers it (simultaneous masking, rounded). */
const marginDb = 4;
const relevantDb = 24;
/** A lane plays in the moments that are at most this far under its loudest. */
const playingDb = 30;

export function masking(lanes: readonly LaneBands[], gains: readonly BandGains[]): Masking[] {
  const powers = lanes.map((lane, index) => {
    const { left, right } = gains[index]!;
    return lane.left.map(
      (power, at) => power * left[at % bandCount]! ** 2 + lane.right[at]! * right[at % bandCount]! ** 2,
    );
  });
  const everything = new Float64Array(powers[0]?.length ?? 0);
  for (const lane of powers)
    for (let at = 0; at < lane.length; at++) everything[at] = everything[at]! + lane[at]!;
  return powers.map((lane) => maskingOf(lane, everything));
}

function maskingOf(lane: Float32Array, everything: Float64Array): Masking {
  const moments = lane.length / bandCount;
  const levels = Array.from({ length: moments }, (_, moment) =>
    lane.subarray(moment * bandCount, (moment + 1) * bandCount).reduce((all, power) => all + power, 0),
  );
  const loudest = Math.max(0, ...levels);
  const playing = levels.flatMap((level, moment) =>
    level > 1e-9 && level > loudest * 10 ** (-playingDb / 10) ? [moment] : [],
  );
  const mean = bandCentres.map((_, band) =>
    playing.reduce((all, moment) => all + lane[moment * bandCount + band]! / playing.length, 0),
  );
  const strongest = Math.max(1e-12, ...mean);
  const relevance = Float64Array.from(mean, (power) =>
    Math.max(0, 1 + (10 * Math.log10(power / strongest + 1e-12)) / relevantDb),
  );
  const margin = 10 ** (marginDb / 10);
  const covered = Float64Array.from(bandCentres, (_, band) => {
    if (playing.length === 0) return 0;
    const under = playing.filter((moment) => {
      const own = lane[moment * bandCount + band]!;
      return everything[moment * bandCount + band]! - own > own * margin;
    });
    return under.length / playing.length;
  });
  const weight = relevance.reduce((all, value) => all + value, 0);
  const total =
    weight === 0 ? 0 : covered.reduce((all, part, band) => all + part * relevance[band]!, 0) / weight;
  return { relevance, covered, total };
}
