import { describe, expect, it } from 'vitest';
import { de } from './de.ts';
import { en } from './en.ts';
import { languageOf } from './texts.ts';

/** Every place where a text stands, with what kind of thing it is and how many values it takes. */
function placesOf(value: unknown, place = ''): string[] {
  if (typeof value === 'function') return [`${place} (${value.length})`];
  if (typeof value !== 'object' || value === null) return [place];
  return Object.entries(value).flatMap(([name, inner]) => placesOf(inner, `${place}/${name}`));
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

describe('the texts', () => {
  it('are the same places in every language', () => {
    expect(placesOf(de).sort()).toEqual(placesOf(en).sort());
  });

  it('are nowhere empty', () => {
    for (const texts of [en, de]) expect(textsOf(texts).filter((text) => text.trim() === '')).toEqual([]);
  });

  it('are those of the first language that is known, else English', () => {
    expect(languageOf(['fr-FR', 'de-AT'])).toBe('de');
    expect(languageOf(['fr'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });
});
