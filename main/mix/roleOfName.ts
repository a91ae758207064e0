import type { Role } from './roles.ts';

/**
 * Words of track names, most telling first: "BGVOX_HARMONY" is a backing vocal though it has VOX in it,
 * "SNARE_REVERB" is an effect. Names are matched as lower-case words; a digit or a sign ends a word.
 */
const words: readonly (readonly [Role, RegExp])[] = [
  ['effects', /\b(fx|sfx|efx|effects?|verb|reverb|delay|returns?|reverse|rev)\b/],
  ['drums', /\b(k ?& ?sn?|kick (and|&) snare)\b/],
  [
    'backing-vocal',
    /\b(bg ?vo?x|bgv?s?|bvox|bv|backing|back(ground)? ?(vox|voc\w*)|choir|harm\w*|dbl|doubles?|adlibs?|ad ?lib|ooh?s?|aa+h+s?)\b/,
  ],
  ['lead-vocal', /\b(vox|vo|voc|vocals?|voice|lead ?vo\w*|ld ?vo\w*|sing\w*|rap|acap\w*)\b/],
  ['kick', /\b(kick|kik|kck|kd|bd|bass ?drum)s?\b/],
  ['snare', /\b(snare|snr|sn|sd|claps?|rim\w*|snap)s?\b/],
  ['hats', /\b(hats?|hh|hi ?hats?|hihats?|cymbals?|cym|ride|crash|oh|overheads?|tops?)\b/],
  ['percussion', /\b(perc\w*|prc|shaker|tamb\w*|conga|bongo|cowbell|toms?|clave|cabasa|triangle)\b/],
  ['drums', /\b(drums?|kit|beats?|breakbeats?|loop|groove|room)\b/],
  [
    'effects',
    /\b(sweeps?|risers?|rise|impacts?|whoosh|noise|ambien\w*|atmos?\w*|transi\w+|slide|drop|swell|vinyl|scratch|foley|beeps?|glitch)\b/,
  ],
  ['bass', /\b(bass|sub|808|bs|reese|low ?end)\b/],
  ['guitar', /\b(gtr|guitars?|git|gt|acoustic|electric|strum)\w*\b/],
  ['strings', /\b(strings?|str|violins?|viola|cello|orch\w*)\b/],
  ['brass', /\b(brass|horns?|trumpet|tpt|trombone|sax\w*|flute|clarinet|oboe)\b/],
  ['keys', /\b(keys?|piano|pno|rhodes|wurli\w*|organ|ep|clav\w*|harpsi\w*|accordion)\b/],
  ['pad', /\b(pads?|drone|texture|wash)\b/],
  ['pluck', /\b(plucks?|arps?|stabs?|bells?|mallet|marimba|vibe\w*|glock\w*|pizz\w*)\b/],
  ['lead-synth', /\b(lead|ld|synths?|sy|syn|saw|melody|mel|minilogue|moog|solo|theme)\b/],
];

/** The role that a track's name tells, or `null`. */
export function roleOfName(name: string): Role | null {
  const text = name
    .replace(/\.[a-z0-9]{2,4}$/i, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z&]+/g, ' ')
    .trim();
  // "808" is a word made of digits.
  if (/(^|[^0-9])808([^0-9]|$)/.test(name)) return 'bass';
  for (const [role, pattern] of words) if (pattern.test(text)) return role;
  return null;
}
