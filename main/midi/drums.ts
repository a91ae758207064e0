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
