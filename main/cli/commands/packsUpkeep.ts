import { Command } from 'commander';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

interface UpkeepOptions {
  readonly json?: true;
}

export function packsVerifyCommand(context: CommandContext): Command {
  const command = new Command('verify')
    .description(
      'Checks every file of an installed pack against its SHA-256, and the graph against its manifest.',
    )
    .argument('<id>', 'pack')
    .option('--json', 'the outcome as JSON on stdout');
  examples(command, 'packs verify htdemucs', 'packs verify htdemucs --json');
  return command.action(async (id: string, { json }: UpkeepOptions) => {
    const { verifyPack } = await import('../../inference/packs/verifyPack.ts');
    await verifyPack(id, context.signal);
    if (json) context.printJson({ id, whole: true });
    else context.print(`${id} is whole.`);
  });
}

export function packsRemoveCommand(context: CommandContext): Command {
  const command = new Command('remove')
    .description('Removes an installed pack.')
    .argument('<id>', 'pack')
    .option('--json', 'the outcome as JSON on stdout');
  examples(command, 'packs remove htdemucs', 'packs remove htdemucs --json');
  return command.action(async (id: string, { json }: UpkeepOptions) => {
    const { removePack } = await import('../../inference/packs/removePack.ts');
    await removePack(id);
    if (json) context.printJson({ id, removed: true });
    else context.print(`${id} was removed.`);
  });
}
