import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { SoniError } from '../../contracts/errors.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, numberBetween } from '../engineOptions.ts';

interface CaptureOptions {
  readonly seconds?: number;
  readonly untilStop?: true;
  readonly track?: string[];
  readonly output: string;
  readonly quiet?: true;
  readonly json?: true;
}

const longestSeconds = 24 * 3600;
const collect = (name: string, names: string[] = []): string[] => [...names, name];

export function captureCommand(context: CommandContext): Command {
  const command = new Command('capture')
    .summary('write what the DAW plays next to files')
    .description(
      'Waits until the DAW plays and writes its tracks to WAV files with their place on the timeline (BWF). "sonidesk serve" must run.',
    )
    .addOption(
      new Option('--seconds <count>', 'so many seconds of every track, or until the transport stops')
        .argParser(numberBetween(0.01, longestSeconds))
        .conflicts('untilStop'),
    )
    .option('--until-stop', 'until the transport stops')
    .option('--track <name>', 'only this track: name, slot or id; can be given several times', collect)
    .option('-o, --output <folder>', 'folder for <track>.wav', '.')
    .option('-q, --quiet', 'no progress')
    .option('--json', 'the files as JSON on stdout');
  examples(
    command,
    'capture --until-stop -o takes',
    'capture --seconds 30 --track Drums --track Bass -o takes --json',
    'capture --until-stop --track Mix -o take && sonidesk split take/Mix.wav -o stems && sonidesk return --track Mix --stems stems',
  );
  return command.action(async (options: CaptureOptions) => {
    if (options.seconds === undefined && options.untilStop === undefined) {
      throw new SoniError('bad-usage', 'Say how long: --seconds <count> or --until-stop.');
    }
    const { withBridge } = await import('../serve/withBridge.ts');
    const display = context.progress(options.quiet === true);
    const words = { waiting: 'Waiting for the transport', recording: 'Recording', writing: 'Writing' };
    const files = await withBridge((bridge) =>
      bridge.call(
        'capture',
        {
          seconds: options.seconds ?? null,
          tracks: options.track ?? null,
          directory: resolve(options.output),
        },
        {
          signal: context.signal,
          onEvent: ({ state, seconds }) =>
            display.update({
              label: state === 'recording' ? `${words.recording}, ${seconds.toFixed(0)} s` : words[state],
              fraction: state === 'writing' ? 1 : Math.min(1, seconds / (options.seconds ?? Infinity)),
              etaSeconds: null,
            }),
        },
      ),
    ).finally(() => display.end());
    if (options.json) {
      context.printJson(files);
      return;
    }
    for (const { file, frames, sampleRate, gaps } of files) {
      const lost = gaps.reduce((sum, gap) => sum + gap.frames, 0);
      context.print(
        `${file}  ${(frames / sampleRate).toFixed(2)} s${lost > 0 ? `, ${lost} frames were lost and are silent` : ''}`,
      );
    }
  });
}
