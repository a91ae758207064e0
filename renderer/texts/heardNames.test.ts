import { afterEach, describe, expect, it } from 'vitest';
import { roles } from '../../main/mix/roles.ts';
import { heardName } from './heardNames.ts';
import { setLanguage } from './texts.ts';

describe('what was heard', () => {
  afterEach(() => setLanguage(null));

  it('is named in German, every role of the mix', () => {
    setLanguage('de');
    expect(roles.filter((role) => !/^[A-ZÄÖÜ]/.test(heardName(role)))).toEqual([]);
  });

  it('is named in words in English, and as it is where it is not known', () => {
    setLanguage('en');
    expect(heardName('backing-vocal')).toBe('backing vocal');
    expect(heardName('theremin')).toBe('theremin');
  });
});
