import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationInput, OperationName, OperationOutput } from '../../contracts/operations.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { HostProgram } from '../../engine/host/program.ts';
import { SupervisedHost } from '../../engine/host/supervisedHost.ts';

/** One measured step on one file. */
export interface Step {
  readonly step: string;
  readonly seconds: number;
  /** Seconds of audio per second. */
  readonly realtimeFactor: number;
  /** Pack and provider of a model's step. */
  readonly model: string | null;
  /** Why there is no number. */
  readonly skipped: string | null;
}

export interface BenchPacks {
  readonly separate: PackManifest | null;
  readonly transcribe: PackManifest | null;
}

const missing = (step: string): Step => ({
  step,
  seconds: 0,
  realtimeFactor: 0,
  model: null,
  skipped: 'the pack is not installed',
});

/**
 * Runs each step of the work once on a file, nothing cached, in a fresh inference host. Of the models'
 * steps the time of the model is given, loading apart.
 */
export async function measureSteps(
  file: string,
  program: HostProgram,
  packs: BenchPacks,
  signal: AbortSignal,
  onStep: (label: string, fraction: number) => void,
): Promise<Step[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sonidesk-bench-'));
  const host = new SupervisedHost(program);
  let duration = 0;
  const steps: Step[] = [];
  const total = 3 + Object.values(packs).filter((pack) => pack !== null).length;

  const timed = async <Name extends OperationName>(
    operation: Name,
    input: OperationInput<Name>,
  ): Promise<{ output: OperationOutput<Name>; seconds: number; directory: string }> => {
    const directory = join(folder, String(steps.length));
    await mkdir(directory);
    onStep(`Measuring ${operation}`, steps.length / total);
    const begun = performance.now();
    const output = await host.run(operation, input, { directory, signal });
    return { output, seconds: (performance.now() - begun) / 1000, directory };
  };
  const note = (step: string, seconds: number, model: string | null = null): void => {
    steps.push({ step, seconds, realtimeFactor: duration / seconds, model, skipped: null });
  };
  /** The audio at the rate of a pack, which is not part of what is measured. */
  const prepared = async (source: string, { model }: PackManifest): Promise<string> => {
    const directory = join(folder, `for-${steps.length}`);
    await mkdir(directory);
    const channels = model.channels === 1 ? 1 : 2;
    const input = { audio: source, sampleRate: model.sampleRate, channels } as const;
    const { audio } = await host.run('resample', input, { directory, signal });
    return join(directory, audio);
  };

  try {
    // The first answer starts the process; that is not the decoder's time.
    await host.info();
    const decoded = await timed('decode', { source: file });
    duration = decoded.output.frames / decoded.output.sampleRate;
    note('decode', decoded.seconds);
    const source = join(decoded.directory, decoded.output.audio);
    const rate = decoded.output.sampleRate === 44100 ? 48000 : 44100;
    const resampled = await timed('resample', { audio: source, sampleRate: rate, channels: 2 });
    note('resample', resampled.seconds);
    note('tag', (await timed('tag', { audio: source })).seconds);

    if (packs.separate === null) steps.push(missing('separate'));
    else {
      const model = await prepared(source, packs.separate);
      const pack = packs.separate.id;
      const { output } = await timed('separate', {
        source,
        model,
        pack,
        range: null,
      });
      note('separate', output.seconds, `${pack} on ${output.provider}`);
    }
    if (packs.transcribe === null) steps.push(missing('transcribe'));
    else {
      const audio = await prepared(source, packs.transcribe);
      const pack = packs.transcribe.id;
      const { output } = await timed('transcribe', {
        audio,
        pack,
        onsetThreshold: 0.5,
        frameThreshold: 0.3,
        minNoteSeconds: 0.1277,
        minHz: null,
        maxHz: null,
      });
      note('transcribe', output.seconds, `${pack} on ${output.provider}`);
    }
    return steps;
  } finally {
    await host.close();
    await rm(folder, { recursive: true, force: true });
  }
}
