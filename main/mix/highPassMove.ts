import { stripRanges } from '../contracts/mixPlan.ts';
import { bandCentres, bandCount } from './bands.ts';
import { clamp, frequency, isSilent, niceHz, type Track } from './track.ts';

/** Power under the corner, against the whole track, from which cutting is worth a move (-48 dB: inaudible below). */
const worthwhileDb = -48;

/**
 * High-pass below what the track plays: the corner stands two thirds under the lowest measured content and
 * never above what the role allows.
 */
export function setHighPass(track: Track): void {
  const { profile, measured } = track;
  if (isSilent(track) || profile.highPassHz === null) return;
  const corner = niceHz(
    clamp(Math.min(profile.highPassHz, measured.lowestHz * 0.67), stripRanges.highPassHz),
  );
  if (corner < 30) return;
  let below = 0;
  let all = 0;
  for (let b = 0; b < bandCount; b++) {
    all += measured.spectrum[b]!;
    if (bandCentres[b]! < corner) below += measured.spectrum[b]!;
  }
  const belowDb = 10 * Math.log10(below / all + 1e-12);
  if (belowDb < worthwhileDb) return;
  track.strip = { ...track.strip, highPass: { enabled: true, frequencyHz: corner } };
  track.moves.push({
    target: 'high-pass',
    action: `high-pass at ${frequency(corner)}`,
    reason: `What is played begins near ${frequency(measured.lowestHz)}; below ${frequency(corner)} there is only rumble (${belowDb.toFixed(0)} dB against the whole), room that the kick and bass need.`,
  });
}
