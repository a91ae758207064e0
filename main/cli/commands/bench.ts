import { Command } from 'commander';
import type { PackManifest } from '../../contracts/pack.ts';
import { SoniError } from '../../contracts/errors.ts';
import { demoSong } from '../../demo/demoSong.ts';
import { findPack } from '../../inference/packs/findPack.ts';
import { measureSteps, type Step } from '../bench/steps.ts';
import type { CommandContext } from '../commandContext.ts';
import { demoFolder } from '../demoFolder.ts';
import { hostProgram } from '../engineJob.ts';
import { examples, wholeNumber, type EngineOptions } from '../engineOptions.ts';

type BenchOptions = Pick<EngineOptions, 'provider' | 'threads' | 'quiet' | 'json'>;

const text = ({ step, seconds, realtimeFactor, model, skipped }: Step): string =>
  `${step.padEnd(12)}${
    skipped ??
    `${seconds.toFixed(2).padStart(7)} s  ${realtimeFactor.toFixed(1).padStart(6)} times real time${model === null ? '' : `  (${model})`}`
  }`;

/** A pack that can be used now; without one its step is left out. */
async function usable(id: string): Promise<PackManifest | null> {
  try {
    return (await findPack(id)).manifest;
  } catch (thrown) {
    if (thrown instanceof SoniError && ['not-found', 'licence-required'].includes(thrown.kind)) return null;
    throw thrown;
  }
}

export function benchCommand(context: CommandContext): Command {
  const command = new Command('bench')
    .summary('measure the speed of this machine')
    .description('Measures every step on the demo song, in times real time.')
    .option('--provider <name>', 'run models on cpu, webgpu, cuda, ...')
    .option('--threads <count>', 'processor threads for models', wholeNumber)
    .option('-q, --quiet', 'no progress')
    .option('--json', 'the numbers as JSON on stdout');
  return examples(command, 'bench', 'bench --threads 4 --json').action(async (options: BenchOptions) => {
    const display = context.progress(options.quiet === true);
    const song = await demoSong(demoFolder(), (label) =>
      display.update({ label, fraction: 0, etaSeconds: null }),
    );
    const packs = { separate: await usable('htdemucs'), transcribe: await usable('basic-pitch') };
    const steps = await measureSteps(
      song.mix,
      hostProgram(options),
      packs,
      context.signal,
      (label, fraction) => display.update({ label, fraction, etaSeconds: null }),
    );
    display.end();
    if (options.json) context.printJson({ file: song.mix, steps });
    else context.print(steps.map(text).join('\n'));
  });
}
