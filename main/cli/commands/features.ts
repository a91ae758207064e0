import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { featureLevels, type FeatureLevel } from '../../contracts/features.ts';
import { featuresRequest, type FeaturesResult } from '../../contracts/workflows.ts';
import { parseRequest } from '../../engine/workflows/parseRequest.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, list, withEngineOptions, type EngineOptions } from '../engineOptions.ts';
import { runWords } from '../resultWords.ts';

interface FeaturesOptions extends EngineOptions {
  readonly output: string;
  readonly pack?: string;
  readonly levels?: FeatureLevel[];
  readonly plot?: string;
  /** False with --no-cache. */
  readonly cache: boolean;
}

const levels = (text: string): FeatureLevel[] =>
  list(text).map((name) => {
    const level = featureLevels.find((each) => each === name);
    if (level === undefined) throw new InvalidArgumentError(`Levels are ${featureLevels.join(', ')}.`);
    return level;
  });

/** The absolute path of a picture to write. */
const pngFile = (text: string): string => {
  if (!/.\.png$/i.test(text)) throw new InvalidArgumentError('A file name that ends in .png was expected.');
  return resolve(text);
};

/** What the features hear beside the codes. */
const conditionWords = ({ tensors }: FeaturesResult): string[] =>
  tensors.flatMap(({ level, hop, window, frameRate }) =>
    level === null && window !== undefined
      ? [
          `  each feature hears the ${(window / hop / frameRate).toFixed(1)} s around it as a whole, too (clip, the condition)`,
        ]
      : [],
  );

const text = (result: FeaturesResult, plot: string | undefined): string =>
  [
    result.output,
    ...(plot === undefined ? [] : [plot]),
    ...result.tensors.map(
      ({ name, dtype, shape, frameRate }) =>
        `  ${name.padEnd(16)} ${dtype}  ${shape.join(' x ').padEnd(12)} ${frameRate.toFixed(2)} a second`,
    ),
    ...conditionWords(result),
    runWords(result),
  ].join('\n');

export function featuresCommand(context: CommandContext): Command {
  const command = new Command('features')
    .summary('compute the SoniDo features of a file')
    .description(
      'Computes the codes and features of our foundation model for a file, as safetensors: what heads, and researchers, build on.',
    )
    .argument('<input>', 'audio file')
    .requiredOption('-o, --output <file.safetensors>', 'file to write')
    .option('--pack <id>', 'model pack (default: sonido-s)')
    .option('--levels <names>', `some of ${featureLevels.join(',')} (default: all)`, levels)
    .option('--plot <file.png>', 'also draw codes and features over time against the waveform', pngFile)
    .option('--no-cache', 'compute all anew and keep nothing but the output');
  examples(
    withEngineOptions(command),
    'features song.wav -o song.safetensors',
    'features song.flac -o song.safetensors --levels coarse,medium --plot song.png --json',
  );
  return command.action(async (input: string, options: FeaturesOptions) => {
    const request = parseRequest(
      featuresRequest,
      {
        input,
        output: options.output,
        pack: options.pack,
        levels: options.levels,
      },
      'features',
    );
    const { computeFeatures } = await import('../features/computeFeatures.ts');
    const result = await computeFeatures(request, options, context);
    if (options.json)
      context.printJson({ ...result, ...(options.plot !== undefined && { plot: options.plot }) });
    else context.print(text(result, options.plot));
  });
}
