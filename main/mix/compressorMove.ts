import { stripRanges } from '../contracts/mixPlan.ts';
import { gainReduction } from '../audio/strip/compressor.ts';
import { clamp, isSilent, tenth, type Track, withArticle } from './track.ts';

/** Loudest passages are held back by about this for every LU over the role's range. */
const reductionPerLu = 0.6;
const largestReduction = 6;
const kneeDb = 6;

/**
 * A compressor where the loudness range is larger than the role bears. The threshold is set so that the loudest
 * passages (95th percentile of the block peaks) are held back by as much as the excess asks for.
 */
export function setCompressor(track: Track): void {
  const { profile, measured } = track;
  const { rangeLu, peakPercentiles } = measured;
  if (isSilent(track) || profile.range === null || rangeLu === null) return;
  const excess = rangeLu - profile.range;
  if (excess < 1) return;
  const [, middle, loud] = peakPercentiles;
  const reduction = clamp(excess * reductionPerLu, [1.5, largestReduction]);
  const slope = 1 - 1 / profile.ratio;
  const thresholdDb = tenth(clamp(loud - reduction / slope, stripRanges.thresholdDb));
  const curve = { thresholdDb, ratio: profile.ratio, kneeDb };
  const makeupDb = tenth(clamp(gainReduction(middle, curve), [0, 6]));
  track.strip = {
    ...track.strip,
    compressor: {
      enabled: true,
      ...curve,
      attackMs: profile.attackMs,
      releaseMs: profile.releaseMs,
      makeupDb,
    },
  };
  track.moves.push({
    target: 'compressor',
    action: `${profile.ratio}:1 from ${thresholdDb.toFixed(1)} dB, attack ${profile.attackMs} ms, release ${profile.releaseMs} ms, makeup ${makeupDb.toFixed(1)} dB`,
    reason: `Its loudness range is ${rangeLu.toFixed(1)} LU, ${withArticle(profile.label)} sits well up to ${profile.range}; the loudest passages (peaks at ${loud.toFixed(1)} dB) come down by about ${reduction.toFixed(1)} dB.`,
  });
}
