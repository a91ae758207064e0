/** A seeded source of chance, so that the song is the same on every machine and every day. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform in [-1, 1). */
  bipolar(): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
}

/** `mulberry32`, seeded by a name: each instrument and each note draws from a stream of its own. */
export function seeded(name: string): Random {
  // FNV-1a of the name
  let state = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193);
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    bipolar: () => 2 * uniform() - 1,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
