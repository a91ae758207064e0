import { basename, extname } from 'node:path';

/** Names for the tracks of a session: the files' names without ending, numbered where two are alike. */
export function trackNames(paths: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return paths.map((path) => {
    const name = basename(path, extname(path));
    const count = (seen.get(name.toLowerCase()) ?? 0) + 1;
    seen.set(name.toLowerCase(), count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

const drumWords =
  /\b(drums?|drumkit|kit|kick|bd|snare|sd|hi ?hats?|hats?|hh|toms?|cymbals?|crash|ride|overheads?|oh|perc|percussion|shakers?|tamb|tambourine|claps?|congas?|bongos?|cowbell|beat|beats|loop)\b/;

/** Whether a name says that the track has drums: they are not for a transcriber of pitches. */
export function isDrums(name: string): boolean {
  // Names are written like "03_Kick-In", "HiHat2", "Snare Top".
  const words = name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^\p{L}]+/gu, ' ')
    .toLowerCase();
  // What remains without them, such as "no_drums".
  return drumWords.test(words) && !/^ ?no /.test(words);
}
