import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formedSong } from '../../test/support/formedSong.ts';
import { writeWav } from '../../test/support/writeWav.ts';
import { tag } from './tag.ts';

const sampleRate = 16_000;
/** Takes two seconds of one core; the machine may do ten other things. */
const patience = { timeout: 180_000 };

describe('sections', patience, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sonidesk-sections-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function sectionsOf(audio: Float32Array) {
    const path = await writeWav(join(folder, 'in.wav'), [audio], { sampleRate });
    const signal = new AbortController().signal;
    return (await tag({ audio: path }, { signal, directory: folder, progress: () => undefined })).sections;
  }

  it('of a song are found where its parts change; parts that come back have their letter again', async () => {
    const { audio, sections } = formedSong(3, sampleRate);
    const found = await sectionsOf(audio);
    expect(found.map(({ label }) => label).join('')).toBe(inOrderOfAppearance(sections));
    for (const [index, { start }] of found.entries()) {
      expect(Math.abs(start - sections[index]!.start)).toBeLessThan(1.5);
    }
    expect(found[0]!.start).toBe(0);
    expect(found.at(-1)!.end).toBeCloseTo(audio.length / sampleRate, 5);
    expect(found.slice(1).map(({ start }) => start)).toEqual(found.slice(0, -1).map(({ end }) => end));
  });

  it('of one sound all along are one, of nothing none', async () => {
    const steady = Float32Array.from({ length: 40 * sampleRate }, (_, n) => {
      const within = (n / sampleRate) % 0.5;
      return 0.5 * Math.exp(-8 * within) * Math.sin(n * 0.2);
    });
    expect(await sectionsOf(steady)).toEqual([{ start: 0, end: 40, label: 'A' }]);
    expect(await sectionsOf(new Float32Array(10 * sampleRate))).toEqual([{ start: 0, end: 10, label: 'A' }]);
    expect(await sectionsOf(new Float32Array(0))).toEqual([]);
  });
});

const inOrderOfAppearance = (sections: readonly { label: string }[]): string => {
  const order = [...new Set(sections.map(({ label }) => label))];
  return sections.map(({ label }) => String.fromCharCode(65 + order.indexOf(label))).join('');
};
