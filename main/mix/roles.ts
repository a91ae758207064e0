import type { Decibels, Hertz } from '../contracts/units.ts';

/** What a track is in an arrangement. */
export const roles = [
  'lead-vocal',
  'backing-vocal',
  'kick',
  'snare',
  'hats',
  'percussion',
  'drums',
  'bass',
  'guitar',
  'keys',
  'lead-synth',
  'pad',
  'pluck',
  'strings',
  'brass',
  'effects',
  'other',
] as const;
export type Role = (typeof roles)[number];

/**
 * What is usual for a role. Levels are a prior from mixing practice drawn towards two real productions (the EIR
 * songs Hydrogen and Sodium; weight of the prior: three tracks); test/bench/mix.ts measures how well they hold.
 */
export interface RoleProfile {
  /** The role in a sentence. */
  readonly label: string;
  /** Gated loudness relative to a lead vocal, in LU: where a balanced mix mostly has it. */
  readonly level: Decibels;
  /** How far from that is still a matter of taste. */
  readonly tolerance: Decibels;
  /** When two tracks want the same band, the one of higher importance keeps it. */
  readonly importance: number;
  /** Belongs in the middle. */
  readonly centred: boolean;
  /** Highest corner that a high-pass may have; `null`: none at all, the low end is the point of it. */
  readonly highPassHz: Hertz | null;
  /** Loudness range in LU beyond which a compressor is asked for; `null`: dynamics are left alone. */
  readonly range: Decibels | null;
  /** Compressor of the role. */
  readonly ratio: number;
  readonly attackMs: number;
  readonly releaseMs: number;
  /** Usual reverb send of a dry track; `null`: none. */
  readonly send: Decibels | null;
}

const profile = (
  label: string,
  level: number,
  tolerance: number,
  importance: number,
  rest: Partial<RoleProfile>,
): RoleProfile => ({
  label,
  level,
  tolerance,
  importance,
  centred: false,
  highPassHz: 120,
  range: null,
  ratio: 2,
  attackMs: 15,
  releaseMs: 150,
  send: null,
  ...rest,
});

const voice = { ratio: 3, attackMs: 8, releaseMs: 120 };

export const roleProfiles: Record<Role, RoleProfile> = {
  'lead-vocal': profile('lead vocal', 0, 1.5, 10, {
    centred: true,
    highPassHz: 100,
    range: 9,
    ...voice,
    send: -16,
  }),
  'backing-vocal': profile('backing vocal', -4, 2.5, 6, { highPassHz: 150, range: 9, ...voice, send: -12 }),
  kick: profile('kick', 2.5, 2.5, 9, { centred: true, highPassHz: null }),
  snare: profile('snare', -7, 2.5, 8, { centred: true, highPassHz: 100, send: -16 }),
  hats: profile('hi-hat', -6, 3, 4, { highPassHz: 250 }),
  percussion: profile('percussion part', -10, 3, 4, { highPassHz: 120, send: -18 }),
  drums: profile('drum track', 2.5, 2.5, 8, { centred: true, highPassHz: null }),
  bass: profile('bass', 1.5, 2.5, 9, {
    centred: true,
    highPassHz: 30,
    range: 7,
    ratio: 4,
    attackMs: 20,
    releaseMs: 180,
  }),
  guitar: profile('guitar', -6, 3, 6, { highPassHz: 90, send: -20 }),
  keys: profile('keyboard', -6, 3, 6, { highPassHz: 80, send: -20 }),
  'lead-synth': profile('lead synth', -3.5, 3, 7, { highPassHz: 120, send: -20 }),
  pad: profile('pad', -10, 3, 3, { highPassHz: 150 }),
  pluck: profile('pluck', -7, 3, 5, { highPassHz: 120, send: -16 }),
  strings: profile('string part', -8, 3, 5, { highPassHz: 120, send: -14 }),
  brass: profile('brass part', -6, 3, 6, { highPassHz: 100, send: -18 }),
  effects: profile('effects track', -7, 4, 2, { highPassHz: 120 }),
  other: profile('track', -7, 4, 4, { highPassHz: 60 }),
};
