import { Command } from 'commander';
import type { CommandContext } from '../commandContext.ts';
import { examples, wholeNumber, withEngineOptions, type EngineOptions } from '../engineOptions.ts';

interface OpenOptions extends EngineOptions {
  readonly port?: number;
  readonly browser: boolean;
}

export function openCommand(context: CommandContext): Command {
  const command = new Command('open')
    .summary('open the window in your browser')
    .description('Opens the window in the browser of this machine. Ctrl-C ends it; jobs go on next time.')
    .argument('[files...]', 'songs to open in it')
    .option('--port <number>', 'port on 127.0.0.1 (default: any free one)', wholeNumber)
    .option('--no-browser', 'only print the address');
  examples(withEngineOptions(command), 'open', 'open song.flac', 'open --no-browser --port 4700');
  return command.action(async (files: string[], options: OpenOptions) => {
    const { openWindow } = await import('../openWindow.ts');
    await openWindow(files, options, context);
  });
}
