import { textLanguage } from '../texts.ts';
import { deDoctor } from './deDoctor.ts';
import { deErrors } from './deErrors.ts';
import { deJobs } from './deJobs.ts';
import { deMix } from './deMix.ts';
import { translator, type Phrases } from './phrases.ts';

/** By language and by who speaks: the same few words may mean something else elsewhere. */
export const enginePhrases = {
  de: { errors: deErrors, jobs: [...deJobs, ...deErrors], mix: deMix, doctor: [...deDoctor, ...deErrors] },
} as const satisfies Record<string, Record<string, Phrases>>;

export type Speaker = keyof (typeof enginePhrases)['de'];

const german: { readonly [Who in Speaker]: (text: string) => string } = {
  errors: translator(enginePhrases.de.errors),
  jobs: translator(enginePhrases.de.jobs),
  mix: translator(enginePhrases.de.mix),
  doctor: translator(enginePhrases.de.doctor),
};

/** A text of the engine in the language of the window; in English where there is no translation. */
export const engineText = (speaker: Speaker, text: string): string =>
  textLanguage() === 'de' ? german[speaker](text) : text;
