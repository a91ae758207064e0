import { tempi, tempoRate } from './tempogram.ts';

/** Where people tap: log-normal around this tempo (L. van Noorden, D. Moelants, "Resonance in the perception of musical pulse", 1999). */
const preferredBpm = 110;
const preferredOctaves = 0.9;
/** Cost of a change of tempo, per octave and second. */
const changeCost = 12;

const prior = tempi.map((bpm) => Math.exp(-0.5 * (Math.log2(bpm / preferredBpm) / preferredOctaves) ** 2));

/**
 * The tempo along a piece, in BPM, one value a second: the path through the tempogram with the best sum of
 * salience and the fewest changes (Viterbi).
 */
export function tempoPath(windows: readonly Float32Array[]): Float64Array {
  const states = tempi.length;
  const reach = 8;
  let score = new Float64Array(states);
  const from: Int16Array[] = [];
  const perBin = changeCost * Math.log2(tempi[1]! / tempi[0]!);
  for (const window of windows) {
    const next = new Float64Array(states);
    const back = new Int16Array(states);
    // A jump to anywhere costs as much as an octave.
    let best = 0;
    for (let s = 1; s < states; s++) if (score[s]! > score[best]!) best = s;
    const jump = score[best]! - (changeCost * 1) / tempoRate;
    for (let s = 0; s < states; s++) {
      let value = jump;
      let source = best;
      for (let p = Math.max(0, s - reach); p <= Math.min(states - 1, s + reach); p++) {
        const candidate = score[p]! - perBin * Math.abs(p - s);
        if (candidate > value) {
          value = candidate;
          source = p;
        }
      }
      next[s] = value + Math.max(0, window[s]!) * prior[s]!;
      back[s] = source;
    }
    score = next;
    from.push(back);
  }
  const path = new Float64Array(windows.length);
  let state = 0;
  for (let s = 1; s < states; s++) if (score[s]! > score[state]!) state = s;
  for (let w = windows.length - 1; w >= 0; w--) {
    path[w] = tempi[state]!;
    state = from[w]![state]!;
  }
  return path;
}
