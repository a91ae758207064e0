import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { bridge } from '../../contracts/bridge.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Client } from '../../rpc/client.ts';
import type { CallInput, CallOutput } from '../../rpc/types.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, numberBetween } from '../engineOptions.ts';

interface CaptureOptions {
  readonly seconds?: number;
  readonly untilStop?: true;
  readonly recorded?: true;
  readonly track?: string[];
  readonly output: string;
  readonly quiet?: true;
  readonly json?: true;
}

const longestSeconds = 24 * 3600;
const collect = (name: string, names: string[] = []): string[] => [...names, name];

/** Waits for the transport and shows how far it is. */
async function captureNext(
  client: Client<typeof bridge>,
  request: CallInput<typeof bridge, 'capture'>,
  { quiet }: CaptureOptions,
  context: CommandContext,
): Promise<CallOutput<typeof bridge, 'capture'>> {
  const display = context.progress(quiet === true);
  const words = { waiting: 'Waiting for the transport', recording: 'Recording', writing: 'Writing' };
  try {
    return await client.call('capture', request, {
      signal: context.signal,
      onEvent: ({ state, seconds }) =>
        display.update({
          label: state === 'recording' ? `${words.recording}, ${seconds.toFixed(0)} s` : words[state],
          fraction: state === 'writing' ? 1 : Math.min(1, seconds / (request.seconds ?? Infinity)),
          etaSeconds: null,
        }),
    });
  } finally {
    display.end();
  }
}

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
    .addOption(
      new Option(
        '--recorded',
        'instead of waiting: what has been recorded already, the newest take on top',
      ).conflicts(['seconds', 'untilStop']),
    )
    .option('--track <name>', 'only this track: name, slot or id; can be given several times', collect)
    .option('-o, --output <folder>', 'folder for <track>.wav', '.')
    .option('-q, --quiet', 'no progress')
    .option('--json', 'the files as JSON on stdout');
  examples(
    command,
    'capture --until-stop -o takes',
    'capture --recorded -o takes',
    'capture --seconds 30 --track Drums --track Bass -o takes --json',
    'capture --until-stop --track Mix -o take && sonidesk split take/Mix.wav -o stems && sonidesk return --track Mix --stems stems',
  );
  return command.action(async (options: CaptureOptions) => {
    if (options.seconds === undefined && options.untilStop === undefined && options.recorded === undefined) {
      throw new SoniError(
        'bad-usage',
        'Say how long: --seconds <count> or --until-stop (or --recorded for what is there already).',
      );
    }
    const { withBridge } = await import('../serve/withBridge.ts');
    const wanted = { tracks: options.track ?? null, directory: resolve(options.output) };
    const files = await withBridge((bridge) =>
      options.recorded
        ? bridge.call('exportComps', wanted, { signal: context.signal })
        : captureNext(bridge, { seconds: options.seconds ?? null, ...wanted }, options, context),
    );
    if (options.json) {
      context.printJson(files);
      return;
    }
    if (files.length === 0) context.say('Nothing has been recorded yet.');
    for (const { file, frames, sampleRate, gaps } of files) {
      const lost = gaps.reduce((sum, gap) => sum + gap.frames, 0);
      context.print(
        `${file}  ${(frames / sampleRate).toFixed(2)} s${lost > 0 ? `, ${lost} frames were lost and are silent` : ''}`,
      );
    }
  });
}
