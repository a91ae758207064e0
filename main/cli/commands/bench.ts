import { Command } from 'commander';
import type { Step } from '../bench/steps.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, wholeNumber, type EngineOptions } from '../engineOptions.ts';

type BenchOptions = Pick<EngineOptions, 'provider' | 'threads' | 'quiet' | 'json'>;

function text({ step, seconds, realtimeFactor, model, skipped }: Step): string {
  const speed = `${seconds.toFixed(2).padStart(7)} s  ${realtimeFactor.toFixed(1).padStart(6)} times real time`;
  return `${step.padEnd(12)}${skipped ?? speed}${model === null ? '' : `  (${model})`}`;
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
    const { measureDemoSong } = await import('../bench/measureDemoSong.ts');
    const measured = await measureDemoSong(options, context);
    if (options.json) context.printJson(measured);
    else context.print(measured.steps.map(text).join('\n'));
  });
}
