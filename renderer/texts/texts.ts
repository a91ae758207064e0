import { de } from './de.ts';
import { en, type Texts } from './en.ts';

const languages: Readonly<Record<string, Texts>> = { en, de };

/** The user's first language that there are texts in; English when there is none. */
export function languageOf(wanted: readonly string[]): string {
  const short = wanted.map((tag) => tag.toLowerCase().split('-')[0]!);
  return short.find((tag) => Object.hasOwn(languages, tag)) ?? 'en';
}

const systemLanguage = languageOf(typeof navigator === 'undefined' ? [] : navigator.languages);
let language = systemLanguage;

/** @param wanted a language that there are texts in; `null` for the system's */
export function setLanguage(wanted: string | null): void {
  language = wanted === null ? systemLanguage : languageOf([wanted]);
}

/** The texts of the window. */
export const texts = (): Texts => languages[language]!;
export const textLanguage = (): string => language;
