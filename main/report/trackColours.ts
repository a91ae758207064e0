/** Distinguishable with the common colour-vision deficiencies, at least 3:1 on the light and the dark ground. */
const known: Readonly<Record<string, string>> = {
  vocals: '#d9588f',
  drums: '#c98516',
  bass: '#4a86e8',
  other: '#2f9e78',
};
const spare = ['#8b72e0', '#1f9bb0', '#b8683c', '#6f8f1f', '#b05cc4', '#7a7f8c'];

/** A colour per track name: stems have their own, other tracks take the next free one. */
export function trackColours(names: readonly string[]): Map<string, string> {
  let next = 0;
  return new Map(names.map((name) => [name, known[name] ?? spare[next++ % spare.length]!]));
}
