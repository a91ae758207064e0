import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { SoniError } from '../../contracts/errors.ts';
import type { DecisionLine, SongDecidable } from '../../desk/songDecisions.ts';
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
      'Lists the decisions about the mix and the notes of a song that was opened in the window, oldest first; without a song, the takes that were chosen in the session of the DAW that is being served. Undoes or redoes one, for all tracks at once. A window that is open follows.',
    )
    .argument('[files...]', 'the song, or the tracks of the session in the order in which they were opened')
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
    'decisions --undo',
  );
  return command.action(async (files: string[], { undo, redo, about, json }: DecisionsOptions) => {
    if (undo && redo) throw new SoniError('bad-usage', 'Say either --undo or --redo.');
    const change = undo ? 'undo' : redo ? 'redo' : null;
    const { changed, lines } =
      files.length > 0 ? await ofSong(files, about, change) : await ofTakes(about, change);
    if (change !== null && !changed) throw new SoniError('not-found', `There is nothing to ${change}.`);
    if (json) context.printJson(lines);
    else if (lines.length === 0) context.print('Nothing was decided yet.');
    else {
      context.print(
        lines.map((line) => `${line.state.padEnd(7)}  ${line.about.padEnd(5)}  ${line.reason}`).join('\n'),
      );
    }
  });
}

type Change = 'undo' | 'redo' | null;

interface Outcome {
  readonly changed: boolean;
  /** Oldest first. */
  readonly lines: readonly (Omit<DecisionLine, 'about'> & { about: DecisionLine['about'] | 'comp' })[];
}

async function ofSong(
  files: readonly string[],
  about: SongDecidable | undefined,
  change: Change,
): Promise<Outcome> {
  const { SongDecisions } = await import('../../desk/songDecisions.ts');
  const decisions = await SongDecisions.of(
    files.map((file) => resolve(file)),
    about,
  );
  const changed = change !== null && (await decisions[change]());
  return { changed, lines: await decisions.lines() };
}

/** Of the DAW's session, which `sonidesk serve` or the app holds. */
async function ofTakes(about: SongDecidable | undefined, change: Change): Promise<Outcome> {
  if (about !== undefined) {
    throw new SoniError(
      'bad-usage',
      `Decisions about ${about} belong to a song: say which, decisions song.wav.`,
    );
  }
  const { withBridge } = await import('../serve/withBridge.ts');
  const { changed, choices } = await withBridge((bridge) => bridge.call('takeChoices', { change }));
  return { changed, lines: choices.map((choice) => ({ about: 'comp', ...choice })) };
}
