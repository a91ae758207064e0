import { Command } from 'commander';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

export function packsVerifyCommand(context: CommandContext): Command {
  const command = new Command('verify')
    .description(
      'Checks every file of an installed pack against its SHA-256, and the graph against its manifest.',
    )
    .argument('<id>', 'pack');
  return examples(command, 'packs verify htdemucs').action(async (id: string) => {
    const { verifyPack } = await import('../../inference/packs/verifyPack.ts');
    await verifyPack(id, context.signal);
    context.print(`${id} is whole.`);
  });
}

export function packsRemoveCommand(context: CommandContext): Command {
  const command = new Command('remove').description('Removes an installed pack.').argument('<id>', 'pack');
  return examples(command, 'packs remove htdemucs').action(async (id: string) => {
    const { removePack } = await import('../../inference/packs/removePack.ts');
    await removePack(id);
    context.print(`${id} was removed.`);
  });
}
