import { Command } from 'commander';
import { splitRequest, type SplitResult } from '../../contracts/workflows.ts';
import { parseRequest } from '../../engine/workflows/parseRequest.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, list, withEngineOptions, type EngineOptions } from '../engineOptions.ts';
import { residualWords, runWords } from '../resultWords.ts';

interface SplitOptions extends EngineOptions {
  readonly output: string;
  readonly pack?: string;
  readonly stems?: string[];
  readonly twoStem?: string;
  readonly preview?: true;
  readonly acceptLicence?: true;
}

const text = (result: SplitResult): string =>
  [
    ...result.stems.map(({ stem, file }) => `${stem.padEnd(12)} ${file}`),
    `${runWords(result)}; ${residualWords(result.residualDb)}`,
  ].join('\n');

export function splitCommand(context: CommandContext): Command {
  const command = new Command('split')
    .summary('split a file into stems')
    .description(
      'Splits a file into stems with the rate, channels and exact length of the source; they add up to it exactly.',
    )
    .argument('<input>', 'audio file')
    .requiredOption('-o, --output <folder>', 'folder for <stem>.wav and split.json')
    .option('--pack <id>', 'model pack (default: htdemucs)')
    .option('--stems <names>', 'only these stems, and what remains; separated by commas', list)
    .option('--two-stem <name>', 'this stem and everything else')
    .option('--preview', 'the first 10 seconds first, in preview/')
    .option('--accept-licence', 'accept the licence of the pack, and install it when it is missing');
  examples(
    withEngineOptions(command),
    'split song.flac -o stems',
    'split song.wav -o stems --two-stem vocals',
    'split song.mp3 -o stems --stems drums,bass --accept-licence --json',
  );
  return command.action(async (input: string, options: SplitOptions) => {
    const request = parseRequest(
      splitRequest,
      {
        input,
        outputDirectory: options.output,
        pack: options.pack,
        stems: options.stems,
        twoStem: options.twoStem,
        preview: options.preview,
      },
      'split',
    );
    const { packJob } = await import('../packJob.ts');
    const result = await packJob(request.pack, options, context, (engine, watch) =>
      engine.split(request, watch),
    );
    if (options.json) context.printJson(result);
    else context.print(text(result));
  });
}
