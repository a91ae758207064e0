/**
 * Speeds of the audio layer as times real time (stereo), and its memory on long files.
 *
 *   node test/bench/run.mjs audio [--seconds 60] [FILE...]     FILEs of any format are decoded
 *   node test/bench/run.mjs audio --hours 3 [--folder DIR]     one long file through decode, resample, loudness, peaks
 */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { decode } from '../../main/audio/decode/decodeOperation.ts';
import { LoudnessMeter, measureLoudness } from '../../main/audio/loudness/loudnessMeter.ts';
import { PeaksBuilder } from '../../main/audio/peaks/peaksBuilder.ts';
import { peaks } from '../../main/audio/peaks/peaksOperation.ts';
import { resample } from '../../main/audio/resample/resampleOperation.ts';
import { Resampler } from '../../main/audio/resample/resampler.ts';
import { Stft, frameMajorSpectrogram } from '../../main/audio/stft.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { createWav } from '../../main/audio/wav/wavWriter.ts';

const { values, positionals } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    hours: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
  },
  allowPositionals: true,
});
const folder = await mkdtemp(join(values.folder, 'sonidesk-bench-'));
const signal = new AbortController().signal;

function noise(frames: number, seed: number): Float32Array {
  let state = seed >>> 0;
  return Float32Array.from({ length: frames }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state / 2 ** 31 - 1) * 0.5;
  });
}

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Best of three after a first run that compiles. */
async function best(work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 4; run++) times.push(await timed(work));
  return Math.min(...times.slice(1));
}

const line = (name: string, audioSeconds: number, seconds: number, more = '') =>
  console.log(`${name.padEnd(38)} ${(audioSeconds / seconds).toFixed(0).padStart(6)} x real time${more}`);

async function writeNoise(path: string, seconds: number, encoding: 'float32' | 'int24' | 'int16') {
  const second = [noise(48_000, 1), noise(48_000, 2)];
  const writer = await createWav(path, { sampleRate: 48_000, channels: 2, encoding });
  for (let done = 0; done < seconds; done++) await writer.write(second);
  await writer.close();
}

async function readAll(path: string) {
  const reader = await openWav(path);
  for (let at = 0; at < reader.frames; at += 65_536) await reader.read(at, 65_536);
  await reader.close();
}

async function speeds(seconds: number) {
  for (const encoding of ['float32', 'int24', 'int16'] as const) {
    const path = join(folder, `${encoding}.wav`);
    const written = await best(() => writeNoise(path, seconds, encoding));
    const megabytes = (await stat(path)).size / 1e6;
    line(`WAV write ${encoding}`, seconds, written, `, ${(megabytes / written).toFixed(0)} MB/s`);
    const read = await best(() => readAll(path));
    line(`WAV read ${encoding}`, seconds, read, `, ${(megabytes / read).toFixed(0)} MB/s`);
  }
  for (const [from, to] of [
    [48_000, 44_100],
    [44_100, 48_000],
    [96_000, 44_100],
    [44_100, 22_050],
  ] as const) {
    const second = [noise(from, 1), noise(from, 2)];
    const taken = await best(() => {
      const resampler = new Resampler(from, to, 2);
      for (let done = 0; done < seconds; done++) resampler.process(second);
      resampler.finish();
    });
    line(`resample ${from} to ${to}`, seconds, taken);
  }
  const planes = [noise(343_980, 1), noise(343_980, 2)];
  const stft = new Stft({ size: 4096, hop: 1024, normalized: true });
  const spectrograms = planes.map(() => frameMajorSpectrogram(stft.frameCount(343_980), stft.bins));
  line('STFT 4096/1024', 7.8, await best(() => stft.forward(planes, spectrograms)));
  line('inverse STFT 4096/1024', 7.8, await best(() => stft.inverse(spectrograms, planes)));
  const second = [noise(48_000, 1), noise(48_000, 2)];
  for (const truePeak of [true, false]) {
    const taken = await best(() => {
      const meter = new LoudnessMeter(48_000, 2, { truePeak });
      for (let done = 0; done < seconds; done++) meter.process(second);
      meter.result();
    });
    line(truePeak ? 'loudness with true peak' : 'loudness without true peak', seconds, taken);
  }
  const built = await best(() => {
    const builder = new PeaksBuilder(48_000, 2, seconds * 48_000);
    for (let done = 0; done < seconds; done++) builder.process(second);
    builder.finish();
  });
  line('peaks', seconds, built);
}

const context = { signal, directory: folder, progress: () => {} };

async function decodeFiles(files: readonly string[]) {
  for (const source of files) {
    const taken = await timed(() => decode({ source }, context));
    const { format, frames, sampleRate } = await decode({ source }, context);
    line(`decode ${format}, ${basename(source)}`, frames / sampleRate, taken);
  }
}

async function longFile(hours: number) {
  const seconds = Math.round(hours * 3600);
  const source = join(folder, 'long.wav');
  const megabytes = () =>
    `, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB resident at most so far`;
  line('write', seconds, await timed(() => writeNoise(source, seconds, 'float32')), megabytes());
  const steps: [string, (directory: string) => Promise<unknown>][] = [
    ['decode', (directory) => decode({ source }, { ...context, directory })],
    [
      'resample',
      (directory) => resample({ audio: source, sampleRate: 44_100, channels: 2 }, { ...context, directory }),
    ],
    ['peaks', (directory) => peaks({ audio: source }, { ...context, directory })],
    [
      'loudness',
      async () => {
        const reader = await openWav(source);
        await measureLoudness(reader);
        await reader.close();
      },
    ],
  ];
  for (const [name, work] of steps) {
    const directory = join(folder, name);
    await mkdir(directory);
    line(name, seconds, await timed(() => work(directory)), megabytes());
    await rm(directory, { recursive: true });
  }
}

try {
  if (values.hours !== undefined) await longFile(Number(values.hours));
  else if (positionals.length > 0) await decodeFiles(positionals);
  else await speeds(Number(values.seconds));
} finally {
  await rm(folder, { recursive: true, force: true });
}
