import { resolve } from 'node:path';
import { Command } from 'commander';
import { SoniError } from '../../contracts/errors.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

interface DecisionsOptions {
  readonly undo?: true;
  readonly redo?: true;
  readonly json?: true;
}

export function decisionsCommand(context: CommandContext): Command {
  const command = new Command('decisions')
    .summary('list what was decided about a mix, take it back')
    .description(
      'Lists the decisions about the mix of a song that was opened in the window, oldest first; undoes or redoes one for all tracks at once. A window that is open follows.',
    )
    .argument('<files...>', 'the song, or the tracks of the session in the order in which they were opened')
    .option('--undo', 'take the last one back')
    .option('--redo', 'take the last undo back')
    .option('--json', 'the list as JSON on stdout');
  examples(command, 'decisions song.wav', 'decisions song.wav --undo', 'decisions drums.wav bass.wav --json');
  return command.action(async (files: string[], { undo, redo, json }: DecisionsOptions) => {
    if (undo && redo) throw new SoniError('bad-usage', 'Say either --undo or --redo.');
    const { songDecisions } = await import('../../desk/songDecisions.ts');
    const { plan, decisions } = await songDecisions(files.map((file) => resolve(file)));
    if (undo || redo) {
      const moved = await (undo ? decisions.undo(plan) : decisions.redo(plan));
      if (moved === null) throw new SoniError('not-found', `There is nothing to ${undo ? 'undo' : 'redo'}.`);
    }
    const lines = await decisions.lines(plan);
    if (json) context.printJson(lines);
    else if (lines.length === 0) context.print('Nothing was decided yet.');
    else context.print(lines.map(({ reason, state }) => `${state.padEnd(7)}  ${reason}`).join('\n'));
  });
}
