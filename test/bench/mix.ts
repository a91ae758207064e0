/**
 * How well the mix assistant restores a balance: stems of finished songs are thrown off by seeded random gains and
 * shelves, the assistant (with and without the original mix as reference) suggests moves, and what comes out is
 * compared with the original.
 *
 *   node test/bench/run.mjs mix [--seconds 60] [--seeds 2] SONG_FOLDER...
 *
 * A song folder holds one WAV per track; files with "master" in their name are left out. The excerpt is the one with
 * most tracks playing. Printed for each state of the mix:
 *   balance   mean absolute deviation of the tracks' loudness from the original (LU, common offset removed)
 *   spectrum  mean absolute deviation of the mix's third-octave bands, 40 Hz to 16 kHz (dB, common offset removed)
 */
import { mkdtemp, readdir, rm, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { createWav } from '../../main/audio/wav/wavWriter.ts';
import { LoudnessMeter } from '../../main/audio/loudness/loudnessMeter.ts';
import type { StripSettings } from '../../main/contracts/mixPlan.ts';
import { bandCount } from '../../main/mix/bands.ts';
import { mix } from '../../main/mix/mix.ts';
import { mixdown, sessionFormat } from '../../main/mix/mixdown.ts';
import { comparedBands } from '../../main/mix/reference.ts';
import { openTrack } from '../../main/mix/trackStream.ts';
import { TrackMeter } from '../../main/mix/trackMeasurement.ts';

const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, seeds: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const seconds = Number(values.seconds);
const seeds = Number(values.seeds);
if (positionals.length === 0 || !(seconds > 0) || !(seeds >= 1)) {
  console.error('Usage: node test/bench/run.mjs mix [--seconds 60] [--seeds 2] SONG_FOLDER...');
  process.exit(2);
}
const signal = new AbortController().signal;
const reverb = { decaySeconds: 1.5, preDelayMs: 20 };

interface Song {
  readonly names: readonly string[];
  readonly paths: readonly string[];
}
interface State {
  /** Loudness of each track behind its strip, null for silence. */
  readonly loudness: readonly (number | null)[];
  readonly bands: Float64Array;
}

/** mulberry32: a small seeded generator, 0 to 1. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Start of the excerpt in seconds: the window in which the most track-seconds are not silent. */
async function busiest(paths: readonly string[]): Promise<number> {
  const counts: number[] = [];
  for (const path of paths) {
    const track = await openTrack(path, null);
    const left = new Float64Array(track.sampleRate);
    const right = new Float64Array(track.sampleRate);
    for (let second = 0; second * track.sampleRate < track.frames; second++) {
      await track.next(left, right);
      const power = left.reduce((sum, x, n) => sum + x * x + right[n]! ** 2, 0) / track.sampleRate;
      counts[second] = (counts[second] ?? 0) + (power > 1e-6 ? 1 : 0);
    }
    await track.close();
  }
  let best = 0;
  let most = -1;
  for (let start = 0; start + seconds <= Math.max(counts.length, seconds); start++) {
    const sum = counts.slice(start, start + seconds).reduce((a, b) => a + b, 0);
    if (sum > most) [best, most] = [start, sum];
  }
  return best;
}

/** Copies the excerpt of every track through a strip each. */
async function copy(
  { names, paths }: Song,
  strips: readonly StripSettings[],
  startSeconds: number,
  folder: string,
): Promise<Song> {
  await mkdir(folder, { recursive: true });
  const out: string[] = [];
  for (const [k, path] of paths.entries()) {
    const target = join(folder, `${names[k]!}.wav`);
    out.push(target);
    const { sampleRate, frames } = await sessionFormat([{ path }]);
    const from = Math.round(startSeconds * sampleRate);
    const to = Math.min(frames, from + seconds * sampleRate);
    const writer = await createWav(target, { sampleRate, channels: 2, encoding: 'float32' });
    await mixdown({
      tracks: [{ path, strip: strips[k]! }],
      reverb,
      session: { sampleRate, frames: to },
      signal,
      onBlock: async (left, right, position) => {
        const begin = Math.min(left.length, Math.max(0, from - position));
        await writer.write([
          Float32Array.from(left.subarray(begin)),
          Float32Array.from(right.subarray(begin)),
        ]);
      },
    });
    await writer.close();
  }
  return { names, paths: out };
}

async function measure({ paths }: Song, strips: readonly StripSettings[]): Promise<State> {
  const loudness: (number | null)[] = [];
  for (const [k, path] of paths.entries()) {
    const session = await sessionFormat([{ path }]);
    const meter = new LoudnessMeter(session.sampleRate, 2);
    await mixdown({
      tracks: [{ path, strip: strips[k]! }],
      reverb,
      session,
      signal,
      onBlock: (left, right) => meter.process([Float32Array.from(left), Float32Array.from(right)]),
    });
    loudness.push(meter.result().integrated);
  }
  const session = await sessionFormat(paths.map((path) => ({ path })));
  const meter = new TrackMeter(session.sampleRate, 2, session.frames);
  await mixdown({
    tracks: paths.map((path, k) => ({ path, strip: strips[k]! })),
    reverb,
    session,
    signal,
    onBlock: (left, right) => meter.push(left, right),
  });
  return { loudness, bands: meter.finish().spectrum };
}

/** Mean absolute deviation after taking off the mean. */
function spread(differences: readonly number[]): number {
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  return differences.reduce((sum, x) => sum + Math.abs(x - mean), 0) / differences.length;
}

function errors(state: State, original: State): { balance: number; spectrum: number } {
  const balance = spread(
    state.loudness.flatMap((level, k) => {
      const wanted = original.loudness[k];
      return level === null || wanted === null || wanted === undefined ? [] : [level - wanted];
    }),
  );
  const db = (bands: Float64Array, b: number) => 10 * Math.log10(bands[b]! + 1e-14);
  const spectrum = spread(comparedBands.map((b) => db(state.bands, b) - db(original.bands, b)));
  return { balance, spectrum };
}

/** Gains of ±10 dB and shelves of ±5 dB, all uniform. */
function perturbation(count: number, seed: number): StripSettings[] {
  const next = random(seed);
  const between = (limit: number) => (2 * next() - 1) * limit;
  return Array.from({ length: count }, () => {
    const neutral = neutralStrip();
    return {
      ...neutral,
      gainDb: between(10),
      eq: neutral.eq.map((band, k) => (k === 0 || k === 5 ? { ...band, gainDb: between(5) } : band)),
    };
  });
}

const states = ['perturbed', 'equal loudness', 'rules', 'reference'] as const;
const sums = new Map<string, { balance: number; spectrum: number; count: number }>();
const work = await mkdtemp(join(tmpdir(), 'sonidesk-bench-mix-'));
try {
  console.log(
    `${bandCount} bands, excerpts of ${seconds} s, ${seeds} seeds, errors as balance LU / spectrum dB`,
  );
  for (const folder of positionals) {
    const files = (await readdir(folder))
      .filter((file) => /\.wav$/i.test(file) && !/master/i.test(file))
      .toSorted();
    const song = {
      names: files.map((file) => file.slice(0, -4)),
      paths: files.map((file) => join(folder, file)),
    };
    const neutral = files.map(() => neutralStrip());
    const start = await busiest(song.paths);
    const original = await copy(song, neutral, start, join(work, 'original'));
    const wanted = await measure(original, neutral);
    const session = await sessionFormat(original.paths.map((path) => ({ path })));
    const referencePath = join(work, 'reference.wav');
    const reference = await createWav(referencePath, { ...session, channels: 2, encoding: 'float32' });
    await mixdown({
      tracks: original.paths.map((path) => ({ path, strip: neutralStrip() })),
      reverb,
      session,
      signal,
      onBlock: (left, right) => reference.write([Float32Array.from(left), Float32Array.from(right)]),
    });
    await reference.close();
    for (let seed = 1; seed <= seeds; seed++) {
      const perturbed = await copy(original, perturbation(files.length, seed), 0, join(work, 'perturbed'));
      const context = { signal, directory: work, progress: () => undefined };
      const tracks = perturbed.paths.map((audio, k) => ({ name: song.names[k]!, audio }));
      const raw = await measure(perturbed, neutral);
      const equal = raw.loudness.map((level) => ({
        ...neutralStrip(),
        gainDb: level === null ? 0 : Math.max(-60, Math.min(12, -30 - level)),
      }));
      const rules = await mix({ tracks, reference: null }, context);
      const matched = await mix({ tracks, reference: referencePath }, context);
      const results = {
        perturbed: raw,
        'equal loudness': await measure(perturbed, equal),
        rules: await measure(
          perturbed,
          rules.tracks.map(({ strip }) => strip),
        ),
        reference: await measure(
          perturbed,
          matched.tracks.map(({ strip }) => strip),
        ),
      };
      const line = states.map((state) => {
        const { balance, spectrum } = errors(results[state], wanted);
        const sum = sums.get(state) ?? { balance: 0, spectrum: 0, count: 0 };
        sums.set(state, {
          balance: sum.balance + balance,
          spectrum: sum.spectrum + spectrum,
          count: sum.count + 1,
        });
        return `${state} ${balance.toFixed(2)} / ${spectrum.toFixed(2)}`;
      });
      console.log(
        `${basename(folder)} at ${start} s, ${files.length} tracks, seed ${seed}: ${line.join(' | ')}`,
      );
      await rm(join(work, 'perturbed'), { recursive: true });
    }
    await rm(join(work, 'original'), { recursive: true });
  }
  console.log('Mean over all:');
  for (const state of states) {
    const { balance, spectrum, count } = sums.get(state)!;
    console.log(
      `  ${state.padEnd(15)} balance ${(balance / count).toFixed(2)} LU, spectrum ${(spectrum / count).toFixed(2)} dB`,
    );
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
