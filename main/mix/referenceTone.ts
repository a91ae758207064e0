import type { EqBand } from '../contracts/mixPlan.ts';
import { magnitude } from '../audio/strip/biquad.ts';
import { designEqBand } from '../audio/strip/filterDesign.ts';
import { bandCentres } from './bands.ts';
import { clamp, frequency, signedDb, tenth, type Track } from './track.ts';

/** No tone control for a reference goes further. */
const largestDb = 6;
/** Less is not worth a move. */
const smallestDb = 0.7;
/** Only tracks that make up this part of a region's power get its correction. */
const smallestShare = 0.12;

interface Control {
  /** Index of the strip's EQ band; taken only where it is neutral. */
  readonly index: number;
  readonly band: Omit<EqBand, 'gainDb'>;
  /** Region whose power decides who gets it. */
  readonly fromHz: number;
  readonly toHz: number;
}

const controls: readonly Control[] = [
  { index: 0, band: { type: 'low-shelf', frequencyHz: 120, q: 0.7 }, fromHz: 38, toHz: 130 },
  { index: 3, band: { type: 'bell', frequencyHz: 400, q: 0.7 }, fromHz: 200, toHz: 800 },
  { index: 4, band: { type: 'bell', frequencyHz: 2500, q: 0.7 }, fromHz: 1200, toHz: 5000 },
  { index: 5, band: { type: 'high-shelf', frequencyHz: 7000, q: 0.7 }, fromHz: 7000, toHz: 16500 },
];

/**
 * Four broad tone controls shared out over the tracks that make up their regions, fitted one after the other
 * (twice round) to what the mix lacks.
 * @param lacking from band powers of the mix to what each band lacks in dB
 */
export function fitTone(
  tracks: readonly Track[],
  lacking: (mix: Float64Array) => Float64Array,
  bandsOf: (track: Track) => Float64Array,
): void {
  const gains = controls.map(() => 0);
  const mixOf = () => {
    const bands = tracks.map(bandsOf);
    return bands.reduce((sum, track) => sum.map((power, b) => power + track[b]!));
  };
  const owners = controls.map((control) => ownersOf(control, tracks, bandsOf));
  for (let round = 0; round < 2; round++) {
    controls.forEach((control, c) => {
      const rest = lacking(mixOf());
      const shape = shapeOf(control);
      let dot = 0;
      let norm = 0;
      shape.forEach((weight, b) => {
        dot += weight * rest[b]!;
        norm += weight * weight;
      });
      // Seven tenths of the least-squares step: the owners are not the whole of the region.
      gains[c] = clamp(gains[c]! + (0.7 * dot) / norm, [-largestDb, largestDb]);
      for (const track of owners[c]!) put(track, control, gains[c] ?? 0);
    });
  }
  controls.forEach((control, c) => {
    const gain = tenth(gains[c]!);
    for (const track of owners[c]!) {
      put(track, control, Math.abs(gain) < smallestDb ? 0 : gain);
      if (Math.abs(gain) < smallestDb) continue;
      track.moves.push({
        target: 'eq',
        action: `${signedDb(gain)} ${control.band.type.replace('-', ' ')} at ${frequency(control.band.frequencyHz)}`,
        reason: `The reference has ${gain > 0 ? 'more' : 'less'} between ${frequency(control.fromHz)} and ${frequency(control.toHz)} than this mix, and this track makes up a good part of it.`,
      });
    }
  });
}

function ownersOf(
  control: Control,
  tracks: readonly Track[],
  bandsOf: (track: Track) => Float64Array,
): Track[] {
  const inRegion = tracks.map((track) =>
    bandsOf(track).reduce(
      (sum, power, b) =>
        sum + (bandCentres[b]! >= control.fromHz && bandCentres[b]! <= control.toHz ? power : 0),
      0,
    ),
  );
  const all = inRegion.reduce((sum, power) => sum + power, 0);
  return tracks.filter(
    (track, t) => inRegion[t]! > smallestShare * all && track.strip.eq[control.index]!.gainDb === 0,
  );
}

/** Decibels in each band for one decibel of the control. */
function shapeOf({ band }: Control): number[] {
  const section = designEqBand({ ...band, gainDb: 3 }, 48000);
  return bandCentres.map((hz) => (20 * Math.log10(magnitude(section, (2 * Math.PI * hz) / 48000))) / 3);
}

function put(track: Track, control: Control, gainDb: number): void {
  track.strip = {
    ...track.strip,
    eq: track.strip.eq.map((old, index) => (index === control.index ? { ...control.band, gainDb } : old)),
  };
}
