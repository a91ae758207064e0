import { describe, expect, it } from 'vitest';
import type { Content, Tags } from '../../contracts/tags.ts';
import { tagsText } from './tag.ts';

const tags = (loudness: Tags['loudness']): Tags => ({
  tempo: null,
  key: null,
  beats: [],
  downbeats: [],
  loudness,
  durationSeconds: 0.05,
  sections: [],
});

describe('tags as text', () => {
  it('call silence only what is silent', () => {
    const line = (loudness: Tags['loudness']) => /^loudness +(.*)$/m.exec(tagsText(tags(loudness)))?.[1];
    expect(line({ integrated: -14.04, range: 3, truePeak: -0.96 })).toBe('-14.0 LUFS, true peak -1.0 dBTP');
    expect(line({ integrated: null, range: null, truePeak: -30.8 })).toBe(
      'too short or too quiet to measure, true peak -30.8 dBTP',
    );
    expect(line({ integrated: null, range: null, truePeak: null })).toBe('silence');
  });

  it('say whether instruments and role were heard with features', () => {
    const content: Content = {
      instruments: [{ name: 'guitar', confidence: 0.9 }],
      roles: [{ name: 'guitar', confidence: 0.8 }],
      voice: [],
      drums: [],
      withFeatures: true,
    };
    const silent = tags({ integrated: null, range: null, truePeak: null });
    const lines = (withFeatures: boolean) =>
      tagsText({ ...silent, content: { ...content, withFeatures } }).split('\n');
    expect(lines(true).slice(5, 9)).toEqual([
      'hears      guitar (90 % sure)',
      'as track   guitar (80 % sure)',
      'heard with features',
      'voice      none',
    ]);
    expect(lines(false)[7]).toBe('heard with mel bands alone');
    expect(tagsText(silent)).not.toContain('heard with');
  });
});
