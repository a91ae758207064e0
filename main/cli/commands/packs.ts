import { Command } from 'commander';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';
import { packsAddCommand } from './packsAdd.ts';
import { packsImportCommand } from './packsImport.ts';
import { packsListCommand } from './packsList.ts';
import { packsTestCommand } from './packsTest.ts';
import { packsRemoveCommand, packsVerifyCommand } from './packsUpkeep.ts';

export function packsCommand(context: CommandContext): Command {
  const command = new Command('packs')
    .summary('list, add, verify, test, remove and import model packs')
    .description('Model packs: what separates and transcribes.')
    .addCommand(packsListCommand(context))
    .addCommand(packsAddCommand(context))
    .addCommand(packsVerifyCommand(context))
    .addCommand(packsTestCommand(context))
    .addCommand(packsRemoveCommand(context))
    .addCommand(packsImportCommand(context));
  return examples(command, 'packs list', 'packs add htdemucs', 'packs verify htdemucs --json');
}
