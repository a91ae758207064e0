import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../texts.ts';
import { engineText, enginePhrases } from './engineText.ts';

/** Texts as they stand in the sources: values as `{}`, pieces of one text joined, texts inside of values after it. */
function textsOf(source: string): string {
  let text = '';
  const inner: string[] = [];
  for (let at = 0; at < source.length; at++) {
    if (!source.startsWith('${', at)) {
      // A quote inside a text is escaped in some of them.
      if (source[at] !== '\\') text += source[at];
      continue;
    }
    const from = at + 2;
    for (let depth = 0; at < source.length; at++) {
      if (source[at] === '{') depth++;
      if (source[at] === '}' && --depth === 0) break;
    }
    inner.push(source.slice(from, at));
    text += '{}';
  }
  return [text, ...inner.map(textsOf)].join('\n');
}

const sources = ['main', 'plugin-bridge/server', 'plugin-bridge/daws'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, '../../..', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, '../../..', folder, name), 'utf8')),
);

describe('what the engine says', () => {
  afterEach(() => setLanguage(null));

  it('has no translation of something that it never says', () => {
    const said = sources.flatMap((source) => [source, textsOf(source.replace(/(['"`])\s*\+\s*['"`]/g, ''))]);
    const keys = Object.values(enginePhrases.de).flatMap((phrases) => phrases.map(([english]) => english));
    expect(keys.filter((key) => !said.some((text) => text.includes(key)))).toEqual([]);
  });

  it('gets every value into the translation', () => {
    for (const phrases of Object.values(enginePhrases.de)) {
      for (const [english, translated] of phrases) {
        const values = english.split('{}').length - 1;
        const used = [...translated.matchAll(/[{<](\d)[>}]/g)].map(([, number]) => Number(number));
        expect({ english, isPossible: Math.max(0, ...used) <= values }).toEqual({
          english,
          isPossible: true,
        });
      }
    }
  });

  it('is said in German, with what it speaks of', () => {
    setLanguage('de');
    expect(engineText('errors', 'There is no stem "bass" yet.')).toBe('Den Stem „bass“ gibt es noch nicht.');
    expect(engineText('jobs', 'Separating First Song')).toBe('Trennt First Song');
    expect(
      engineText(
        'mix',
        'At -20.3 LUFS it is 2.1 dB louder than a lead vocal usually is in this balance (+0.0 dB to the lead vocal, which here means -22.4 LUFS). All tracks move by -1.0 dB so that the mix keeps its loudness and its peaks stay under -1 dBTP.',
      ),
    ).toBe(
      'Mit -20.3 LUFS ist es 2.1 dB lauter, als Leadstimme in dieser Balance meist ist (+0.0 dB zur Leadstimme, das heißt hier -22.4 LUFS). Alle Spuren ändern sich um -1.0 dB, damit der Mix seine Lautheit behält und seine Spitzen unter -1 dBTP bleiben.',
    );
    expect(
      engineText(
        'jobs',
        'Instruments and roles are not heard: The pack x (X) is not installed. Install it with: sonidesk packs add x',
      ),
    ).toBe(
      'Instrumente und Rollen werden nicht gehört: Das Paket x (X) ist nicht installiert. Es lässt sich unter „Modelle“ installieren.',
    );
    expect(
      engineText(
        'jobs',
        "Instruments and roles are heard from mel bands alone: The pack f is there in version 2.0.0; t 1.1.0 was trained on version 1.0.0. Add that version, or remove what was installed in place of SoniDesk's own with: sonidesk packs remove f, or t",
      ),
    ).toBe(
      'Instrumente und Rollen werden nur aus Mel-Bändern gehört: Das Paket f liegt in Version 2.0.0 vor; t 1.1.0 wurde mit Version 1.0.0 trainiert. Diese Version hinzufügen, oder unter „Modelle“ entfernen, was anstelle des mitgelieferten Pakets installiert wurde.',
    );
  });

  it('stays English where there is no translation, and in an English window', () => {
    setLanguage('de');
    expect(engineText('errors', 'Something new happened.')).toBe('Something new happened.');
    setLanguage('en');
    expect(engineText('jobs', 'Waiting')).toBe('Waiting');
  });
});
