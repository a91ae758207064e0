/**
 * Accuracy of the tags on audio with known truth.
 *
 *   node test/bench/run.mjs tags [--split report] FOLDER...
 *
 * A folder holds NAME.wav with NAME.json: {"beats": [seconds], "downbeats": [seconds], "key": "Gb:maj" | null,
 * "split": "tune" | "report"}; `split` is optional. Beats within 70 ms count and the first 5 s do not (MIREX); tempo is
 * right within 4 % (accuracy 1), also at double, half, triple, third (accuracy 2); keys score 1 right, 0.5 a fifth off,
 * 0.3 relative, 0.2 parallel (MIREX).
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { tag } from '../../main/analysis/tag.ts';
import { keyScore } from './support/keyScore.ts';

const { values, positionals } = parseArgs({
  options: { split: { type: 'string' }, verbose: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error('Usage: node test/bench/run.mjs tags [--split report] [--verbose] FOLDER...');
  process.exit(2);
}
const truthFile = z.object({
  beats: z.array(z.number()),
  downbeats: z.array(z.number()),
  key: z.string().nullable(),
  split: z.string().optional(),
});

function fMeasure(reference: readonly number[], estimate: readonly number[]): number {
  const truth = reference.filter((t) => t >= 5);
  const found = estimate.filter((t) => t >= 5);
  let hits = 0;
  for (let i = 0, j = 0; i < truth.length && j < found.length;) {
    const difference = found[j]! - truth[i]!;
    if (Math.abs(difference) <= 0.07) {
      hits++;
      i++;
      j++;
    } else if (difference < 0) j++;
    else i++;
  }
  return truth.length + found.length === 0 ? 1 : (2 * hits) / (truth.length + found.length);
}

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
const tempoOf = (beats: readonly number[]): number =>
  60 / median(beats.slice(1).map((time, k) => time - beats[k]!));

for (const folder of positionals) {
  const scores = { beats: 0, downbeats: 0, tempo1: 0, tempo2: 0, key: 0 };
  let files = 0;
  let keys = 0;
  let audioSeconds = 0;
  let cpuSeconds = 0;
  for (const file of readdirSync(folder).toSorted()) {
    const truthPath = join(folder, file.replace(/\.wav$/, '.json'));
    if (!file.endsWith('.wav') || !existsSync(truthPath)) continue;
    const truth = truthFile.parse(JSON.parse(readFileSync(truthPath, 'utf8')));
    if (values.split !== undefined && truth.split !== values.split) continue;
    const before = process.cpuUsage();
    const tags = await tag(
      { audio: join(folder, file) },
      { signal: new AbortController().signal, directory: folder, progress: () => undefined },
    );
    const used = process.cpuUsage(before);
    cpuSeconds += (used.user + used.system) / 1e6;
    audioSeconds += tags.durationSeconds;
    files++;
    const beat = fMeasure(truth.beats, tags.beats);
    scores.beats += beat;
    scores.downbeats += fMeasure(truth.downbeats, tags.downbeats);
    const ratio = (tags.tempo?.bpm ?? 0) / tempoOf(truth.beats);
    const near = (factor: number) => Math.abs(ratio / factor - 1) <= 0.04;
    if (near(1)) scores.tempo1++;
    if ([1, 2, 3, 1 / 2, 1 / 3].some(near)) scores.tempo2++;
    if (truth.key !== null) {
      keys++;
      scores.key += keyScore(truth.key, tags.key);
    }
    if (values.verbose) {
      console.log(
        `${file} beats ${beat.toFixed(2)}, tempo ${tags.tempo?.bpm ?? '-'} of ${tempoOf(truth.beats).toFixed(1)}, key ${tags.key?.tonic ?? '-'} ${tags.key?.mode ?? ''} of ${truth.key ?? '-'}`,
      );
    }
  }
  const mean = (sum: number, count: number) => (count === 0 ? '-' : (sum / count).toFixed(3));
  console.log(
    `${basename(folder)}${values.split === undefined ? '' : ` (${values.split})`}: ${files} files, beat F ${mean(scores.beats, files)}, downbeat F ${mean(scores.downbeats, files)}, tempo accuracy 1 ${mean(scores.tempo1, files)}, 2 ${mean(scores.tempo2, files)}, key score ${mean(scores.key, keys)}, ${(audioSeconds / cpuSeconds).toFixed(0)} times real time on one core`,
  );
}
