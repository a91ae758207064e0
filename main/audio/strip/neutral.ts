import type { StripSettings } from '../../contracts/mixPlan.ts';

/** Where the bands stand before anybody touches them: low shelf, four bells, high shelf. */
const bandFrequencies = [100, 250, 700, 2000, 5000, 10000] as const;

/** Settings that pass audio bit for bit. */
export function neutralStrip(): StripSettings {
  return {
    highPass: { enabled: false, frequencyHz: 20 },
    eq: bandFrequencies.map((frequencyHz, band) => ({
      type: band === 0 ? 'low-shelf' : band === 5 ? 'high-shelf' : 'bell',
      frequencyHz,
      gainDb: 0,
      q: band === 0 || band === 5 ? Math.SQRT1_2 : 1,
    })),
    compressor: {
      enabled: false,
      thresholdDb: 0,
      ratio: 2,
      attackMs: 10,
      releaseMs: 150,
      kneeDb: 6,
      makeupDb: 0,
    },
    gainDb: 0,
    pan: 0,
    sendDb: null,
  };
}
