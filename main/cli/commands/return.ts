import { Command } from 'commander';
import { SoniError } from '../../contracts/errors.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';
import type { ReturnSettings } from '../serve/returnResults.ts';

export function returnCommand(context: CommandContext): Command {
  const command = new Command('return')
    .summary('give stems, MIDI or mix moves back to the DAW')
    .description(
      'Gives results to the plugin of a track: it plays the stems in place of the track, sends the notes, sets its channel strip. "sonidesk serve" must run; a plugin that is away gets them when it comes.',
    )
    .option('--track <name>', 'the track: name, slot or id (not needed for the plan of a whole session)')
    .option('--stems <folder>', 'folder with stems as "sonidesk split" writes it, or one WAV file')
    .option('--midi <file>', 'Standard MIDI file, as "sonidesk transcribe" writes it')
    .option('--mix <file>', 'mix.json, as "sonidesk mix" writes it')
    .option(
      '--start <frame>',
      'host frame on which the stems or notes start (default: where the audio came from)',
      frame,
    )
    .option('--original', 'go on listening to the original; the stems wait')
    .option(
      '--faders',
      'with --mix: gain and pan onto the faders of Ardour over OSC, the rest into the plugins; with --none, back to how they were',
    )
    .option('--none', 'take the stems and notes away again')
    .option('--json', 'the outcome as JSON on stdout');
  examples(
    command,
    'return --track Mix --stems stems',
    'return --track Piano --midi piano.mid',
    'return --mix mix.json',
    'return --mix mix.json --faders',
    'return --mix mix.json --faders --none',
    'return --track Mix --none',
  );
  return command.action(async (options: ReturnSettings) => {
    const { stems, midi, mix, none, track } = options;
    if (stems === undefined && midi === undefined && mix === undefined && none === undefined) {
      throw new SoniError('bad-usage', 'Say what to return: --stems, --midi or --mix (or --none).');
    }
    if (options.faders) {
      const { mixOnFaders } = await import('../serve/mixOnFaders.ts');
      const moved = await mixOnFaders(options);
      if (options.json) context.printJson(moved);
      else for (const line of moved.lines) context.print(line);
      return;
    }
    if (track === undefined && (stems ?? midi ?? none) !== undefined) {
      throw new SoniError('bad-usage', 'Say which track gets it: --track <name>.');
    }
    const { returnResults } = await import('../serve/returnResults.ts');
    const outcome = await returnResults(options);
    if (options.json) context.printJson(outcome);
    else for (const line of outcome.lines) context.print(line);
  });
}

function frame(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) {
    throw new SoniError('bad-usage', `--start wants a whole number of frames, not "${text}".`);
  }
  return value;
}
