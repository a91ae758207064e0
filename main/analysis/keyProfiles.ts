/**
 * Key profiles: how strongly each degree (C first, in C major and C minor) is heard or used in a key.
 * Several are kept while they are compared; `key.ts` says which one is used and why.
 */
export interface KeyProfile {
  readonly major: readonly number[];
  readonly minor: readonly number[];
}

/** Probe-tone ratings: C. Krumhansl, E. Kessler, 1982. */
const krumhansl: KeyProfile = {
  major: [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88],
  minor: [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17],
};

/** D. Temperley, "What's Key for Key?", Music Perception 17(1), 1999. */
const temperley: KeyProfile = {
  major: [5, 2, 3.5, 2, 4.5, 4, 2, 4.5, 2, 3.5, 1.5, 4],
  minor: [5, 2, 3.5, 4.5, 2, 4, 2, 4.5, 3.5, 2, 1.5, 4],
};

/** Tone distributions of common-practice pieces: J. Albrecht, D. Shanahan, Music Perception 31(1), 2013. */
const albrechtShanahan: KeyProfile = {
  major: [0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.08, 0.008, 0.081],
  minor: [0.22, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052],
};

/** Electronic dance music: Á. Faraldo et al., "Key Estimation in Electronic Dance Music", ECIR 2016 (EDMA). */
const edma: KeyProfile = {
  major: [
    0.16519551, 0.04749026, 0.08293076, 0.06687112, 0.09994645, 0.09274123, 0.05294487, 0.13159476,
    0.05218986, 0.07443653, 0.06940723, 0.0642515,
  ],
  minor: [
    0.17235348, 0.05336489, 0.0761009, 0.10043649, 0.05621498, 0.08527853, 0.0497915, 0.13451001, 0.07458916,
    0.05003023, 0.09187879, 0.05545106,
  ],
};

export const keyProfiles = { krumhansl, temperley, albrechtShanahan, edma } as const;
