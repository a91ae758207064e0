import { stripRanges, type StripSettings } from '../../contracts/mixPlan.ts';
import { neutralStrip } from './neutral.ts';

const clamp = (value: number, [low, high]: readonly [number, number]) => Math.min(high, Math.max(low, value));

/**
 * A suggestion taken in part: 0 gives a strip that changes nothing, 1 the suggestion, more goes beyond it.
 * Decibels, pan and the logarithm of frequencies scale evenly; the compressor's ratio moves from 1:1.
 */
export function withStrength(strip: StripSettings, strength: number): StripSettings {
  if (strength === 1) return strip;
  if (strength === 0) return neutralStrip();
  const [lowest] = stripRanges.highPassHz;
  const { highPass, compressor } = strip;
  return {
    highPass: {
      enabled: highPass.enabled,
      frequencyHz: clamp(lowest * (highPass.frequencyHz / lowest) ** strength, stripRanges.highPassHz),
    },
    eq: strip.eq.map((band) => ({ ...band, gainDb: clamp(band.gainDb * strength, stripRanges.eqGainDb) })),
    compressor: {
      ...compressor,
      ratio: clamp(1 + (compressor.ratio - 1) * strength, stripRanges.ratio),
      makeupDb: clamp(compressor.makeupDb * strength, stripRanges.makeupDb),
    },
    gainDb: clamp(strip.gainDb * strength, stripRanges.gainDb),
    pan: clamp(strip.pan * strength, stripRanges.pan),
    sendDb:
      strip.sendDb === null ? null : clamp(strip.sendDb + 20 * Math.log10(strength), stripRanges.sendDb),
  };
}
