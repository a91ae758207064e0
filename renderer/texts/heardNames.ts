import { textLanguage } from './texts.ts';

/** Roles in a mix and families of instruments, as the engine and the tagging pack name them. */
const german: Readonly<Record<string, string>> = {
  'lead-vocal': 'Leadstimme',
  'backing-vocal': 'Hintergrundstimme',
  voice: 'Stimme',
  kick: 'Kick',
  snare: 'Snare',
  hats: 'Hi-Hats',
  percussion: 'Perkussion',
  'chromatic percussion': 'Stabspiele',
  percussive: 'Schlaginstrumente',
  drums: 'Schlagzeug',
  bass: 'Bass',
  guitar: 'Gitarre',
  keys: 'Tasten',
  piano: 'Klavier',
  organ: 'Orgel',
  'lead-synth': 'Lead-Synth',
  'synth lead': 'Lead-Synth',
  pad: 'Fläche',
  'synth pad': 'Fläche',
  pluck: 'Zupfklang',
  strings: 'Streicher',
  ensemble: 'Ensemble',
  brass: 'Blech',
  reed: 'Rohrblatt',
  pipe: 'Flöten',
  ethnic: 'Weltmusik',
  effects: 'Effekte',
  'synth effects': 'Synth-Effekte',
  'sound effects': 'Geräusche',
  other: 'Rest',
};

/** A role or an instrument that was heard, for the user; one that is not known as it is. */
export function heardName(name: string): string {
  const translated = textLanguage() === 'de' ? german[name] : undefined;
  return translated ?? name.replaceAll('-', ' ');
}
