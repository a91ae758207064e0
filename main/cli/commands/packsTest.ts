import { Command } from 'commander';
import type { ProviderReport } from '../../contracts/inferenceHost.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

function text({ provider, usable, secondsPerWindow, maxError, kernels, note }: ProviderReport): string {
  const facts = [
    usable ? 'usable' : 'not used',
    secondsPerWindow === null ? null : `${secondsPerWindow.toPrecision(3)} s a window`,
    kernels === null ? null : `${kernels.onProvider} of ${kernels.all} kernels on it`,
    maxError === null ? null : `differs from the CPU by ${maxError.toPrecision(2)} at most`,
  ].filter((fact) => fact !== null);
  return `${provider}: ${facts.join(', ')}${note === null ? '' : `\n    ${note}`}`;
}

export function packsTestCommand(context: CommandContext): Command {
  const command = new Command('test')
    .description(
      'Tries the execution providers of this machine on a pack once more, and remembers the fastest whose numbers are right.',
    )
    .argument('<id>', 'pack')
    .option('--json', 'the reports as JSON on stdout');
  return examples(command, 'packs test htdemucs').action(async (id: string, { json }: { json?: true }) => {
    const { engineJob } = await import('../engineJob.ts');
    const { chosen, reports } = await engineJob({ quiet: true }, context, (engine) =>
      engine.selfTest(id, true, context.signal),
    );
    if (json) context.printJson({ chosen, reports });
    else context.print([...reports.map(text), `${id} runs on ${chosen}.`].join('\n'));
  });
}
