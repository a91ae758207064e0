import { describe, expect, it } from 'vitest';
import { featuresRequest, mixRequest, renderRequest, transcribeRequest } from './workflows.ts';
import { outputFile } from './outputFile.ts';

describe('a file to write', () => {
  const midi = outputFile('.mid', '.midi');

  it('has a suffix of what is written, in whatever letters', () => {
    for (const path of ['a.mid', 'b.MIDI', '/takes.wav/c.mid', 'd.wav.mid', 'C:\\e.Mid']) {
      expect(midi.parse(path)).toBe(path);
    }
  });

  it('is refused with what was given, what was expected and what to do, once', () => {
    for (const path of ['song.wav', 'song', 'songmid', 'song.mid/', '.mid', '/music/.midi', 'song.mid.wav']) {
      expect(midi.safeParse(path).error?.issues.map(({ message }) => message)).toEqual([
        `${path} was given; a file name that ends in .mid or .midi was expected. Choose another output, such as song.mid.`,
      ]);
    }
    expect(midi.safeParse('').error?.issues.map(({ message }) => message)).toEqual([
      'A path was expected, not an empty text.',
    ]);
  });

  it('is asked for by every request that writes a single file', () => {
    const shapes = [
      { file: featuresRequest.shape.output, good: 'a.safetensors' },
      { file: transcribeRequest.shape.output, good: 'a.midi' },
      { file: mixRequest.shape.output, good: 'a.json' },
      { file: mixRequest.shape.render, good: 'a.wav' },
      { file: renderRequest.shape.output, good: 'a.wav' },
    ];
    for (const { file, good } of shapes) {
      expect(file.safeParse(good).success).toBe(true);
      expect(file.safeParse('a.flac').success).toBe(false);
    }
  });
});
