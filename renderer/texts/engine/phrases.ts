/**
 * What the engine says, and how it is said in another language. The engine speaks English, for the command line, logs
 * and reports, too; its own words are the key, as in gettext: `{}` is a value. In the translation `{1}` puts the first
 * value in as it is, `<1>` puts it in translated. A test holds every key against the engine's sources.
 */
export type Phrases = readonly (readonly [english: string, translated: string])[];

interface Compiled {
  readonly whole: RegExp;
  /** A sentence that others follow; `null` for what is none. */
  readonly first: RegExp | null;
  readonly values: number;
  readonly translated: string;
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function compile([english, translated]: Phrases[number]): Compiled {
  const parts = english.split('{}');
  const pattern = parts.map(escaped).join('(.*?)');
  return {
    whole: new RegExp(`^${pattern}$`, 's'),
    first: english.endsWith('.') ? new RegExp(`^${pattern} (.+)$`, 's') : null,
    values: parts.length - 1,
    translated,
  };
}

/** Values may hold phrases, these values of their own; no deeper than anything the engine says. */
const deepest = 4;
const mostKept = 2000;

/** @returns the translation of a text of the engine; the text itself where none is known */
export function translator(phrases: Phrases): (text: string) => string {
  const compiled = phrases.map(compile);
  const known = new Map<string, string>();

  const fill = ({ translated }: Compiled, values: readonly string[], depth: number): string =>
    translated
      .replace(/<(\d)>/g, (_, number: string) => translate(values[Number(number) - 1] ?? '', depth + 1))
      .replace(/\{(\d)\}/g, (_, number: string) => values[Number(number) - 1] ?? '');

  function translate(text: string, depth: number): string {
    if (depth > deepest) return text;
    for (const phrase of compiled) {
      const found = phrase.whole.exec(text);
      if (found !== null) return fill(phrase, found.slice(1), depth);
    }
    for (const phrase of compiled) {
      const found = phrase.first?.exec(text);
      const rest = found?.[phrase.values + 1];
      if (found != null && rest !== undefined) {
        return `${fill(phrase, found.slice(1, -1), depth)} ${translate(rest, depth + 1)}`;
      }
    }
    return text;
  }

  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size > mostKept) known.clear();
    const translated = translate(text, 0);
    known.set(text, translated);
    return translated;
  };
}
