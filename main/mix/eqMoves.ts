import { stripRanges, type EqBand } from '../contracts/mixPlan.ts';
import { bandCentres, bandCount, kWeight } from './bands.ts';
import { conflicts, type Conflict } from './masking.ts';
import { clamp, frequency, isSilent, niceHz, signedDb, tenth, type Track } from './track.ts';

/** No single suggestion is larger than this. */
const largestDb = 6;
/** Bells 2 to 5 may be used, at most this many for corrections; the rest is left for a reference match. */
const correctionBells = [1, 2, 3] as const;

/** Puts a band into the first free bell; false when all are taken. */
function addBell(track: Track, band: Omit<EqBand, 'type'>, reason: string): boolean {
  const free = correctionBells.find((index) => track.strip.eq[index]!.gainDb === 0);
  if (free === undefined) return false;
  const gainDb = tenth(clamp(band.gainDb, [-largestDb, largestDb]));
  const frequencyHz = niceHz(clamp(band.frequencyHz, stripRanges.eqFrequencyHz));
  const q = clamp(band.q, stripRanges.eqQ);
  track.strip = {
    ...track.strip,
    eq: track.strip.eq.map((old, index) => (index === free ? { type: 'bell', frequencyHz, gainDb, q } : old)),
  };
  track.moves.push({
    target: 'eq',
    action: `${signedDb(gainDb)} at ${frequency(frequencyHz)}, Q ${q.toFixed(1)}`,
    reason,
  });
  return true;
}

/** Part of the time that a conflict must last before anything is cut for it. */
const conflictPart = 0.35;

/** Cuts in less important tracks where they cover a more important one. At most two for a track, each conflict once. */
export function cutMasking(tracks: readonly Track[]): void {
  for (const masker of tracks) {
    if (isSilent(masker)) continue;
    const found: Conflict[] = tracks
      .filter((other) => other.profile.importance > masker.profile.importance && !isSilent(other))
      .flatMap((masked) => conflicts(masker, masked))
      .filter(({ part, band }) => part >= conflictPart && !isCore(masker, band))
      .toSorted((a, b) => weightOf(b) - weightOf(a));
    const cut: number[] = [];
    for (const { masked, band, part, excessDb } of found) {
      if (cut.length === 2) break;
      // A bell of this width serves its neighbours as well.
      if (cut.some((other) => Math.abs(other - band) <= 2)) continue;
      const amount = clamp((excessDb + 4) * 0.4 * part, [0, 4]);
      if (amount < 1) continue;
      addBell(
        masker,
        { frequencyHz: bandCentres[band]!, gainDb: -amount, q: 1.4 },
        `Around ${frequency(bandCentres[band]!)} it covers ${masked.name} (${masked.profile.label}) for ${Math.round(part * 100)} % of the time that plays, there ${excessDb >= 0 ? `${excessDb.toFixed(1)} dB louder` : `only ${(-excessDb).toFixed(1)} dB quieter`}; that track matters more.`,
      );
      cut.push(band);
    }
  }
}

const weightOf = ({ part, excessDb, masked }: Conflict): number =>
  part * (excessDb + 6) * masked.profile.importance;

/** The band that carries a track is not taken from it. */
function isCore({ measured }: Track, band: number): boolean {
  const level = (b: number) => measured.spectrum[b]! * kWeight(bandCentres[b]!);
  let strongest = 0;
  for (let b = 0; b < bandCount; b++) strongest = Math.max(strongest, level(b));
  return level(band) > strongest / 2;
}

interface Region {
  readonly name: string;
  readonly fromHz: number;
  readonly toHz: number;
  readonly q: number;
  /** Bump over the track's own trend from which it is called a fault, in dB. */
  readonly limitDb: number;
  readonly why: string;
}

const mud: Region = {
  name: 'mud',
  fromHz: 200,
  toHz: 500,
  q: 1,
  limitDb: 7,
  why: 'this region of many tracks adds up to a dull mix',
};
const harshness: Region = {
  name: 'harshness',
  fromHz: 2500,
  toHz: 5000,
  q: 1.2,
  limitDb: 7,
  why: 'the ear is most sensitive here and tires of it',
};

/** Roles whose body or bite lies in these regions by nature. */
const bodyRoles = new Set(['bass', 'kick', 'drums', 'lead-vocal', 'snare', 'effects']);
const biteRoles = new Set(['hats', 'snare', 'percussion', 'effects', 'kick', 'bass']);

/** Cuts where a region stands out of the track's own spectral trend. */
export function cutExcess(track: Track): void {
  if (isSilent(track)) return;
  if (!bodyRoles.has(track.role)) cutRegion(track, mud);
  if (!biteRoles.has(track.role)) cutRegion(track, harshness);
}

function cutRegion(track: Track, region: Region): void {
  const levels = track.measured.spectrum.map((power) => 10 * Math.log10(power + 1e-15));
  const trend = spectralTrend(track);
  if (trend === null) return;
  let band = -1;
  let mean = 0;
  let count = 0;
  for (let b = 0; b < bandCount; b++) {
    if (bandCentres[b]! < region.fromHz || bandCentres[b]! > region.toHz) continue;
    mean += levels[b]! - trend(b);
    count++;
    if (band === -1 || levels[b]! - trend(b) > levels[band]! - trend(band)) band = b;
  }
  mean /= count;
  if (mean < region.limitDb || band === -1) return;
  addBell(
    track,
    { frequencyHz: bandCentres[band]!, gainDb: -Math.min(3, (mean - region.limitDb) / 2 + 1), q: region.q },
    `${region.fromHz} to ${region.toHz} Hz stands ${mean.toFixed(1)} dB over the trend of its own spectrum (${region.name}): ${region.why}.`,
  );
}

/** Straight line in dB over octaves through the K-weighted bands where the track plays; `null` with too few of them. */
function spectralTrend({ measured }: Track): ((band: number) => number) | null {
  const total = measured.spectrum.reduce((sum, power) => sum + power, 0);
  const points = bandCentres
    .map((hz, band) => ({ hz, band, power: measured.spectrum[band]! }))
    .filter(({ hz, power }) => hz >= 80 && hz <= 12000 && power > total * 1e-6);
  if (points.length < 12) return null;
  const x = points.map(({ band }) => band);
  const y = points.map(({ power }) => 10 * Math.log10(power));
  const meanX = x.reduce((sum, v) => sum + v, 0) / x.length;
  const meanY = y.reduce((sum, v) => sum + v, 0) / y.length;
  const slope =
    x.reduce((sum, v, k) => sum + (v - meanX) * (y[k]! - meanY), 0) /
    x.reduce((sum, v) => sum + (v - meanX) ** 2, 0);
  return (band) => meanY + slope * (band - meanX);
}
