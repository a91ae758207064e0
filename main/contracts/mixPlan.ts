import { z } from 'zod';

/** Ranges of the channel strip; the plugin, the console and the assistant all clamp to these. */
export const stripRanges = {
  gainDb: [-60, 12],
  pan: [-1, 1],
  highPassHz: [20, 1000],
  eqFrequencyHz: [20, 20000],
  eqGainDb: [-18, 18],
  eqQ: [0.1, 10],
  thresholdDb: [-60, 0],
  ratio: [1, 20],
  attackMs: [0.1, 200],
  releaseMs: [5, 2000],
  kneeDb: [0, 24],
  makeupDb: [0, 24],
  sendDb: [-60, 6],
} as const satisfies Record<string, readonly [number, number]>;

const within = ([low, high]: readonly [number, number]) => z.number().min(low).max(high);

export const eqBand = z.object({
  type: z.enum(['low-shelf', 'bell', 'high-shelf']),
  frequencyHz: within(stripRanges.eqFrequencyHz),
  gainDb: within(stripRanges.eqGainDb),
  q: within(stripRanges.eqQ),
});
export type EqBand = z.infer<typeof eqBand>;

/** One channel strip, in signal order: high-pass, EQ, compressor, gain, pan; the send taps after the pan. */
export const stripSettings = z.object({
  highPass: z.object({ enabled: z.boolean(), frequencyHz: within(stripRanges.highPassHz) }),
  /** Band 1 is a low shelf, 2 to 5 are bells, 6 is a high shelf. */
  eq: z.array(eqBand).length(6),
  compressor: z.object({
    enabled: z.boolean(),
    thresholdDb: within(stripRanges.thresholdDb),
    ratio: within(stripRanges.ratio),
    attackMs: within(stripRanges.attackMs),
    releaseMs: within(stripRanges.releaseMs),
    kneeDb: within(stripRanges.kneeDb),
    makeupDb: within(stripRanges.makeupDb),
  }),
  gainDb: within(stripRanges.gainDb),
  /** -1 left, 0 centre, 1 right. */
  pan: within(stripRanges.pan),
  /** Level of the reverb send in dB; `null` is off. */
  sendDb: within(stripRanges.sendDb).nullable(),
});
export type StripSettings = z.infer<typeof stripSettings>;

export const moveTargets = ['gain', 'pan', 'high-pass', 'eq', 'compressor', 'send'] as const;

/** One suggestion in words a producer can agree or disagree with. */
export const mixMove = z.object({
  target: z.enum(moveTargets),
  /** What is done: "-3.2 dB", "high-pass at 90 Hz". */
  action: z.string(),
  /** Why, with the measured evidence. */
  reason: z.string(),
});
export type MixMove = z.infer<typeof mixMove>;

export const mixTrack = z.object({
  name: z.string(),
  role: z.string(),
  strip: stripSettings,
  moves: z.array(mixMove),
});

export const mixPlan = z.object({
  version: z.literal(1),
  tracks: z.array(mixTrack),
  /** The shared reverb that the sends feed. */
  reverb: z.object({ decaySeconds: z.number().positive(), preDelayMs: z.number().nonnegative() }),
  /** Measured before and after, so that a listener knows what to expect. */
  before: z.object({ integratedLufs: z.number().nullable(), truePeakDb: z.number().nullable() }),
  after: z.object({ integratedLufs: z.number().nullable(), truePeakDb: z.number().nullable() }),
  /** How the plan relates to the reference, when one was given. */
  reference: z.object({ file: z.string(), notes: z.array(z.string()) }).nullable(),
});
export type MixPlan = z.infer<typeof mixPlan>;
