import { stripRanges } from '../contracts/mixPlan.ts';
import { magnitude } from '../audio/strip/biquad.ts';
import { designEqBand, designHighPass } from '../audio/strip/filterDesign.ts';
import { bandCentres, bandCount } from './bands.ts';
import { fitTone } from './referenceTone.ts';
import type { TrackMeasurement } from './trackMeasurement.ts';
import { clamp, isSilent, signedDb, tenth, type Track } from './track.ts';

/** A match moves no fader further than this from where the rules put it. */
const largestGain = 6;
/** Pull of every gain towards the rules' balance, against one band's squared error. */
const pull = 0.15;
const rounds = 400;
const step = 0.25;
/** Bands that are compared: 40 Hz to 16 kHz. */
export const comparedBands: readonly number[] = bandCentres.flatMap((hz, band) =>
  hz > 38 && hz < 16500 ? [band] : [],
);

/**
 * Sets gains, tone and pan spread so that the mix comes near a reference in band spectrum and width. Which track is how
 * loud in the reference cannot be heard in its sum: gains start from the rules' balance and are only bent.
 */
export function matchReference(tracks: readonly Track[], reference: TrackMeasurement): void {
  const heard = tracks.filter((track) => !isSilent(track));
  if (heard.length === 0 || reference.integratedLufs === null) return;
  const target = decibels(reference.spectrum);
  for (let pass = 0; pass < 2; pass++) {
    bendGains(heard, target);
    if (pass === 0) fitTone(heard, (bandPowers) => residual(bandPowers, target), trackBands);
  }
  describeGains(heard);
  matchWidth(heard, reference.widthDb);
}

const decibels = (power: Float64Array): Float64Array => power.map((p) => 10 * Math.log10(p + 1e-14));

/** Long-term band powers of a track behind its strip (compressor apart), shape [bands]. */
export function trackBands({ measured, strip }: Track): Float64Array {
  const rate = measured.sampleRate;
  const highPass = strip.highPass.enabled ? designHighPass(strip.highPass.frequencyHz, rate) : null;
  const eq = strip.eq.filter(({ gainDb }) => gainDb !== 0).map((band) => designEqBand(band, rate));
  const gain = 10 ** (strip.gainDb / 10) * measured.activePart;
  return measured.spectrum.map((power, b) => {
    const omega = Math.min(Math.PI, (2 * Math.PI * bandCentres[b]!) / rate);
    let response = gain;
    for (const section of [...(highPass === null ? [] : [highPass]), ...eq])
      response *= magnitude(section, omega) ** 2;
    return power * response;
  });
}

/** What the mix lacks in each compared band in dB, its mean taken off: the level is a matter of the common gain. */
export function residual(mix: Float64Array, target: Float64Array): Float64Array {
  const now = decibels(mix);
  const out = new Float64Array(bandCount);
  let mean = 0;
  for (const band of comparedBands) mean += (target[band]! - now[band]!) / comparedBands.length;
  for (const band of comparedBands) out[band] = target[band]! - now[band]! - mean;
  return out;
}

export function sumBands(bands: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(bandCount);
  for (const track of bands) for (let b = 0; b < bandCount; b++) out[b] = out[b]! + track[b]!;
  return out;
}

/** Gradient descent on the squared band error over the gains in dB, drawn to 0 change. */
function bendGains(tracks: readonly Track[], target: Float64Array): void {
  const bands = tracks.map(trackBands);
  const change = new Float64Array(tracks.length);
  for (let round = 0; round < rounds; round++) {
    const now = bands.map((track, t) => track.map((power) => power * 10 ** (change[t]! / 10)));
    const mix = sumBands(now);
    const lacking = residual(mix, target);
    for (let t = 0; t < tracks.length; t++) {
      // A track moves a band as far as it makes it up.
      let gradient = 0;
      for (const band of comparedBands) gradient += (lacking[band]! * now[t]![band]!) / (mix[band]! + 1e-14);
      change[t] = clamp(change[t]! + step * (gradient / 4 - pull * change[t]!), [-largestGain, largestGain]);
    }
  }
  const middle = [...change].toSorted((a, b) => a - b)[change.length >> 1]!;
  tracks.forEach((track, t) => {
    const gainDb = tenth(clamp(track.strip.gainDb + change[t]! - middle, stripRanges.gainDb));
    track.strip = { ...track.strip, gainDb };
  });
}

/** One gain move a track, with both reasons, whatever led to it. */
function describeGains(tracks: readonly Track[]): void {
  for (const track of tracks) {
    const { gainDb } = track.strip;
    const move = track.moves.find(({ target }) => target === 'gain');
    const reason =
      "Bent towards the reference's spectrum: this track makes up bands that the reference has more or less of.";
    if (move !== undefined && move.action !== signedDb(gainDb)) {
      move.action = signedDb(gainDb);
      move.reason = `${move.reason} ${reason}`;
    } else if (move === undefined && gainDb !== 0) {
      track.moves.push({ target: 'gain', action: signedDb(gainDb), reason });
    }
  }
}

/** Side against middle of the whole, from the tracks' own widths and pans (centred stereo keeps its width), in dB. */
function widthOf(tracks: readonly Track[], scale: number): number {
  let mid = 0;
  let side = 0;
  for (const track of tracks) {
    const power = trackBands(track).reduce((sum, p) => sum + p, 0);
    const pan = clamp(track.strip.pan * scale, stripRanges.pan);
    const own = 10 ** (track.measured.widthDb / 10);
    // A mono signal panned by the angle θ from the centre has side/mid = tan² θ.
    const panned = Math.tan((Math.abs(pan) * Math.PI) / 4) ** 2;
    const ratio = Math.max(own, panned);
    mid += power / (1 + ratio);
    side += (power * ratio) / (1 + ratio);
  }
  return 10 * Math.log10(side / (mid + 1e-20) + 1e-9);
}

/** Scales all pans by one factor to the reference's width; never past the ends, never to the other side. */
function matchWidth(tracks: readonly Track[], target: number): void {
  const panned = tracks.filter(({ strip }) => strip.pan !== 0 && !Number.isNaN(strip.pan));
  if (panned.length === 0 || target === -Infinity) return;
  const scales = Array.from({ length: 31 }, (_, k) => k * 0.05 + 0.25);
  const errors = scales.map((scale) => Math.abs(widthOf(tracks, scale) - target));
  const best = scales[errors.indexOf(Math.min(...errors))]!;
  if (Math.abs(best - 1) < 0.1) return;
  for (const track of panned) {
    if (track.profile.centred) continue;
    const pan = Math.round(clamp(track.strip.pan * best, stripRanges.pan) * 100) / 100;
    track.strip = { ...track.strip, pan };
    const move = track.moves.find(({ target }) => target === 'pan');
    if (move === undefined) continue;
    move.action = `${Math.abs(Math.round(pan * 100))} % ${pan < 0 ? 'left' : 'right'}`;
    move.reason = `${move.reason} The spread is scaled by ${best.toFixed(2)} towards the reference's width (side ${signedDb(target)} against the middle).`;
  }
}

/** What was matched and what remains, measured on the rendered mix before and after. */
export function referenceNotes(
  reference: TrackMeasurement,
  before: TrackMeasurement,
  after: TrackMeasurement,
): string[] {
  if (reference.integratedLufs === null || after.integratedLufs === null) {
    return ['The reference or the mix is silent: nothing was matched.'];
  }
  const target = decibels(reference.spectrum);
  const error = (mix: TrackMeasurement) => {
    const lacking = residual(mix.spectrum, target);
    return comparedBands.reduce((sum, band) => sum + Math.abs(lacking[band]!), 0) / comparedBands.length;
  };
  const loudness = reference.integratedLufs - after.integratedLufs;
  const notes = [
    `Loudness: the reference has ${reference.integratedLufs.toFixed(1)} LUFS, the mix now ${after.integratedLufs.toFixed(1)}${
      loudness > 0.5
        ? `; the remaining ${loudness.toFixed(1)} dB would push peaks over -1 dBTP and are the work of mastering`
        : ''
    }.`,
    `Spectrum: third-octave bands from 40 Hz to 16 kHz differ by ${error(after).toFixed(1)} dB on average, before it was ${error(before).toFixed(1)} dB.`,
  ];
  const width = (m: TrackMeasurement) => (m.widthDb === -Infinity ? 'mono' : signedDb(m.widthDb));
  notes.push(
    `Width (side against middle): reference ${width(reference)}, mix now ${width(after)}, before ${width(before)}; only pans are moved for it.`,
  );
  const lacking = residual(after.spectrum, target);
  const worst = comparedBands.toSorted((a, b) => Math.abs(lacking[b]!) - Math.abs(lacking[a]!))[0]!;
  notes.push(
    `The largest difference left is ${signedDb(-lacking[worst]!)} at ${Math.round(bandCentres[worst]!)} Hz against the reference.`,
  );
  return notes;
}
