import { Command } from 'commander';
import { mixRequest, type MixResult } from '../../contracts/workflows.ts';
import { parseRequest } from '../../engine/workflows/parseRequest.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, withEngineOptions, type EngineOptions } from '../engineOptions.ts';

interface MixOptions extends EngineOptions {
  readonly output: string;
  readonly reference?: string;
  readonly render?: string;
  readonly features: boolean;
}

function text({ output, plan, render, notes }: MixResult): string {
  const tracks = plan.tracks.flatMap((track) => [
    `${track.name} (${track.role})`,
    ...(track.moves.length === 0 ? ['  no change'] : []),
    ...track.moves.map((move) => `  ${move.action}: ${move.reason}`),
  ]);
  return [
    ...tracks,
    ...(plan.reference?.notes ?? []),
    ...notes,
    output,
    ...(render === null ? [] : [render.file]),
  ].join('\n');
}

export function mixCommand(context: CommandContext): Command {
  const command = new Command('mix')
    .summary('suggest a mix of several tracks, with reasons')
    .description(
      'Suggests gain, pan, EQ, compression and reverb for each track of a session, with the reason for each.',
    )
    .argument('<tracks...>', 'audio files, one a track')
    .requiredOption('-o, --output <mix.json>', 'file for the plan')
    .option('--reference <file>', 'match loudness, spectrum and width of this mix')
    .option('--render <out.wav>', 'also render the mix')
    .option('--no-features', 'hear tracks whose names tell no role from mel bands alone: faster, less sure');
  examples(
    withEngineOptions(command),
    'mix drums.wav bass.wav guitar.wav vocals.wav -o mix.json',
    'mix tracks/*.wav -o mix.json --reference hit.flac --render mix.wav',
    'mix tracks/*.wav -o mix.json --json',
  );
  return command.action(async (tracks: string[], options: MixOptions) => {
    const request = parseRequest(
      mixRequest,
      {
        tracks,
        output: options.output,
        reference: options.reference,
        render: options.render,
        features: options.features,
      },
      'mix',
    );
    const { engineJob } = await import('../engineJob.ts');
    const result = await engineJob(options, context, (engine, watch) => engine.mix(request, watch));
    if (options.json) context.printJson(result);
    else context.print(text(result));
  });
}
