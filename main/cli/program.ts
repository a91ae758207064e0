import { Command } from 'commander';
import type { CommandContext } from './commandContext.ts';
import { benchCommand } from './commands/bench.ts';
import { captureCommand } from './commands/capture.ts';
import { decisionsCommand } from './commands/decisions.ts';
import { doctorCommand } from './commands/doctor.ts';
import { featuresCommand } from './commands/features.ts';
import { mixCommand } from './commands/mix.ts';
import { openCommand } from './commands/open.ts';
import { packsCommand } from './commands/packs.ts';
import { returnCommand } from './commands/return.ts';
import { runCommand } from './commands/run.ts';
import { serveCommand } from './commands/serve.ts';
import { splitCommand } from './commands/split.ts';
import { tagCommand } from './commands/tag.ts';
import { tracksCommand } from './commands/tracks.ts';
import { transcribeCommand } from './commands/transcribe.ts';
import { examples } from './engineOptions.ts';
import { version } from './installation.ts';

/** Errors are thrown to `main` instead of ending the process, in every command below. */
function throwErrors(command: Command): void {
  command.exitOverride().showSuggestionAfterError();
  command.configureOutput({
    outputError: (text, write) =>
      write(
        `sonidesk: ${text
          .replace(/^error: /, '')
          .trim()
          .replace(/\s*\n\s*/g, ' ')}\nSee: ${path(command)} --help\n`,
      ),
  });
  for (const child of command.commands) throwErrors(child);
}

const path = (command: Command): string =>
  command.parent === null ? command.name() : `${path(command.parent)} ${command.name()}`;

/** The `sonidesk` command. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('sonidesk')
    .description('Stems, MIDI, tags and mix moves for your music, computed on this machine.')
    .version(version, '-V, --version')
    .addCommand(runCommand(context))
    .addCommand(splitCommand(context))
    .addCommand(transcribeCommand(context))
    .addCommand(tagCommand(context))
    .addCommand(featuresCommand(context))
    .addCommand(mixCommand(context))
    .addCommand(decisionsCommand(context))
    .addCommand(openCommand(context))
    .addCommand(serveCommand(context))
    .addCommand(tracksCommand(context))
    .addCommand(captureCommand(context))
    .addCommand(returnCommand(context))
    .addCommand(packsCommand(context))
    .addCommand(doctorCommand(context))
    .addCommand(benchCommand(context));
  examples(
    program,
    'run song.wav -o song',
    'split song.flac -o stems --two-stem vocals',
    'tag song.wav --json',
    'doctor',
  );
  program.addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 wrong usage or unusable input, 130 cancelled.',
  );
  throwErrors(program);
  return program;
}
