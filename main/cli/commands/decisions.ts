import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { SoniError } from '../../contracts/errors.ts';
import type { SongDecidable } from '../../desk/songDecisions.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

interface DecisionsOptions {
  readonly undo?: true;
  readonly redo?: true;
  readonly about?: SongDecidable;
  readonly json?: true;
}

export function decisionsCommand(context: CommandContext): Command {
  const command = new Command('decisions')
    .summary('list what was decided about a song, take it back')
    .description(
      'Lists the decisions about the mix and the notes of a song that was opened in the window, oldest first; undoes or redoes one, for all its tracks at once. A window that is open follows.',
    )
    .argument('<files...>', 'the song, or the tracks of the session in the order in which they were opened')
    .option('--undo', 'take the last one back')
    .option('--redo', 'take the last undo back')
    .addOption(
      new Option('--about <what>', 'only decisions about this').choices([
        'mix',
        'notes',
      ] satisfies SongDecidable[]),
    )
    .option('--json', 'the list as JSON on stdout');
  examples(
    command,
    'decisions song.wav',
    'decisions song.wav --undo',
    'decisions song.wav --undo --about notes',
    'decisions drums.wav bass.wav --json',
  );
  return command.action(async (files: string[], { undo, redo, about, json }: DecisionsOptions) => {
    if (undo && redo) throw new SoniError('bad-usage', 'Say either --undo or --redo.');
    const { SongDecisions } = await import('../../desk/songDecisions.ts');
    const decisions = await SongDecisions.of(
      files.map((file) => resolve(file)),
      about,
    );
    if (undo || redo) {
      const moved = await (undo ? decisions.undo() : decisions.redo());
      if (!moved) throw new SoniError('not-found', `There is nothing to ${undo ? 'undo' : 'redo'}.`);
    }
    const lines = await decisions.lines();
    if (json) context.printJson(lines);
    else if (lines.length === 0) context.print('Nothing was decided yet.');
    else {
      context.print(
        lines.map((line) => `${line.state.padEnd(7)}  ${line.about.padEnd(5)}  ${line.reason}`).join('\n'),
      );
    }
  });
}
