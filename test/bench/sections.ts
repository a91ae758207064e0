/**
 * Sections (main/analysis/sections.ts) against songs whose form is known:
 *
 *   npm run bench -- sections [--songs 24] [--from 100] [FILE.wav ...]
 *
 * Songs of random form are rendered (test/support/formedSong.ts). Boundaries between sections count as found within 0.5
 * or 3 seconds, each once (precision, recall, F; MIREX "structural segmentation"); beside it as many boundaries as were found,
 * evenly spaced, which is what knowing nothing gives. `letters`: part of all pairs of seconds that are rightly the same or
 * not the same. Files are only shown: nobody has written down their sections.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { tag } from '../../main/analysis/tag.ts';
import type { Tags } from '../../main/contracts/tags.ts';
import { formedSong } from '../support/formedSong.ts';
import { writeWav } from '../support/writeWav.ts';

const sampleRate = 16_000;
const { values, positionals } = parseArgs({
  options: { songs: { type: 'string', default: '24' }, from: { type: 'string', default: '100' } },
  allowPositionals: true,
});
const folder = await mkdtemp(join(tmpdir(), 'sonidesk-sections-'));

type Sections = readonly { readonly start: number; readonly end: number; readonly label: string }[];

const sectionsOf = async (audio: string): Promise<Tags['sections']> => {
  const directory = await mkdtemp(join(folder, 'tag-'));
  const signal = new AbortController().signal;
  return (await tag({ audio }, { signal, directory, progress: () => undefined })).sections;
};
const inside = (sections: Sections): number[] => sections.slice(1).map(({ start }) => start);

/** Found and wanted boundaries that belong together, each once. */
function hits(found: readonly number[], wanted: readonly number[], within: number): number {
  const free = new Set(wanted);
  let count = 0;
  for (const at of found) {
    const near = [...free].filter((each) => Math.abs(each - at) <= within);
    const nearest = near.sort((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
    if (nearest === undefined) continue;
    free.delete(nearest);
    count++;
  }
  return count;
}

function samePairs(found: Sections, wanted: Sections): number {
  const seconds = Math.floor(wanted.at(-1)!.end);
  const at = (sections: Sections, second: number) =>
    sections.find(({ end }) => second + 0.5 < end)?.label ?? '';
  let right = 0;
  let all = 0;
  for (let a = 0; a < seconds; a++) {
    for (let b = 0; b < a; b++, all++) {
      const [is, was] = [at(found, a) === at(found, b), at(wanted, a) === at(wanted, b)];
      if (is === was) right++;
    }
  }
  return right / all;
}

const totals = { found: 0, wanted: 0, half: 0, three: 0, evenHalf: 0, evenThree: 0, pairs: 0 };
const songs = Number(values.songs);
for (let seed = Number(values.from); seed < Number(values.from) + songs; seed++) {
  const { audio, sections } = formedSong(seed, sampleRate);
  const found = await sectionsOf(await writeWav(join(folder, `${seed}.wav`), [audio], { sampleRate }));
  const [is, wanted] = [inside(found), inside(sections)];
  const duration = audio.length / sampleRate;
  const even = is.map((_, index) => ((index + 1) * duration) / (is.length + 1));
  totals.found += is.length;
  totals.wanted += wanted.length;
  totals.half += hits(is, wanted, 0.5);
  totals.three += hits(is, wanted, 3);
  totals.evenHalf += hits(even, wanted, 0.5);
  totals.evenThree += hits(even, wanted, 3);
  totals.pairs += samePairs(found, sections);
}
const percent = (part: number, all: number) => `${((100 * part) / all).toFixed(1)} %`;
const line = (name: string, count: number) =>
  `${name.padEnd(22)} precision ${percent(count, totals.found)}, recall ${percent(count, totals.wanted)}, F ${percent(2 * count, totals.found + totals.wanted)}`;
if (songs > 0) {
  console.log(`${songs} songs, ${totals.wanted} boundaries, ${totals.found} found`);
  console.log(line('within 0.5 s', totals.half));
  console.log(line('within 3 s', totals.three));
  console.log(line('evenly spaced, 0.5 s', totals.evenHalf));
  console.log(line('evenly spaced, 3 s', totals.evenThree));
  console.log(`letters                ${percent(totals.pairs, songs)} of pairs of seconds`);
}
for (const file of positionals) {
  const sections = await sectionsOf(file);
  const text = sections.map(({ start, label }) => `${label} ${start.toFixed(1)}`).join('  ');
  console.log(`${basename(file)}: ${text}`);
}
await rm(folder, { recursive: true });
