import type { StripSettings } from '../../../main/contracts/mixPlan.ts';

/** A channel strip that changes nothing. */
export const neutralStrip: StripSettings = {
  highPass: { enabled: false, frequencyHz: 80 },
  eq: [
    { type: 'low-shelf', frequencyHz: 100, gainDb: 0, q: 0.7 },
    { type: 'bell', frequencyHz: 250, gainDb: 0, q: 1 },
    { type: 'bell', frequencyHz: 800, gainDb: 0, q: 1 },
    { type: 'bell', frequencyHz: 2500, gainDb: 0, q: 1 },
    { type: 'bell', frequencyHz: 6000, gainDb: 0, q: 1 },
    { type: 'high-shelf', frequencyHz: 10000, gainDb: 0, q: 0.7 },
  ],
  compressor: {
    enabled: false,
    thresholdDb: -18,
    ratio: 2,
    attackMs: 10,
    releaseMs: 120,
    kneeDb: 6,
    makeupDb: 0,
  },
  gainDb: 0,
  pan: 0,
  sendDb: null,
};
