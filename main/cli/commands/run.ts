import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { runRequest, type RunResult, type StepMode } from '../../contracts/workflows.ts';
import { parseRequest } from '../../engine/workflows/parseRequest.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, withEngineOptions, type EngineOptions } from '../engineOptions.ts';
import { residualWords, runWords } from '../resultWords.ts';

interface RunOptions extends EngineOptions {
  readonly output: string;
  readonly separation?: StepMode;
  readonly transcription?: StepMode;
  readonly separationPack?: string;
  readonly transcriptionPack?: string;
  readonly reference?: string;
  readonly render: boolean;
  readonly acceptLicence?: true;
}

export function runSummary(result: RunResult, report: string): string {
  const rows: [string, string][] = [
    ...result.tracks.map(({ name, file }): [string, string] => [name, file]),
    ...(result.transcription === null ? [] : [['MIDI', result.transcription.midi] as [string, string]]),
    ['tags', result.tagsFile],
    ['mix plan', result.mix.output],
    ...(result.mix.render === null ? [] : [['mix', result.mix.render.file] as [string, string]]),
    ['report', report],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const { separation } = result;
  return [
    ...rows.map(([name, file]) => `${name.padEnd(width)}  ${file}`),
    ...(separation === null ? [] : [`${runWords(separation)}; ${residualWords(separation.residualDb)}`]),
    ...result.notes,
  ].join('\n');
}

const mode = (flags: string, what: string): Option =>
  new Option(`${flags} <mode>`, what).choices(['auto', 'required', 'off']);

export function runCommand(context: CommandContext): Command {
  const command = new Command('run')
    .summary('everything for a song or a session')
    .description(
      'Stems, MIDI, tags, mix plan and a report in one go. One file is taken as a mix and split; several are the tracks of a session.',
    )
    .argument('<inputs...>', 'audio files')
    .requiredOption('-o, --output <folder>', 'folder for all results')
    .addOption(mode('--separation', 'split a mix: when the pack is installed, always, or never'))
    .addOption(mode('--transcription', 'write MIDI: when the pack is installed, always, or never'))
    .option('--separation-pack <id>', 'default: htdemucs')
    .option('--transcription-pack <id>', 'default: basic-pitch')
    .option('--reference <file>', 'match the mix to this one')
    .option('--no-render', 'do not render the suggested mix')
    .option('--accept-licence', 'accept the licences of the packs, and install those that are missing');
  examples(
    withEngineOptions(command),
    'run song.wav -o song',
    'run drums.wav bass.wav vocals.wav -o session --reference hit.flac',
    'run song.wav -o song --separation required --accept-licence --json',
  );
  return command.action(async (inputs: string[], options: RunOptions) => {
    const request = parseRequest(
      runRequest,
      {
        inputs,
        outputDirectory: options.output,
        separation: options.separation,
        transcription: options.transcription,
        separationPack: options.separationPack,
        transcriptionPack: options.transcriptionPack,
        reference: options.reference,
        render: options.render,
      },
      'run',
    );
    const report = join(resolve(options.output), 'report.html');
    const { refuseOverwriting } = await import('../../engine/workflows/publication.ts');
    await refuseOverwriting([], [report]);
    const { preparePack } = await import('../packAccess.ts');
    const quiet = options.quiet === true;
    const acceptLicence = options.acceptLicence === true;
    const splits =
      request.separation === 'required' || (request.separation === 'auto' && inputs.length === 1);
    // `auto` does without; only a plain yes installs something.
    const wanted = (how: StepMode): boolean => acceptLicence || how === 'required';
    if (splits && wanted(request.separation))
      await preparePack(request.separationPack, { acceptLicence, quiet }, context);
    if (request.transcription !== 'off' && wanted(request.transcription))
      await preparePack(request.transcriptionPack, { acceptLicence, quiet }, context);

    const { engineJob } = await import('../engineJob.ts');
    const result = await engineJob(options, context, (engine, watch) => engine.run(request, watch));
    const { reportOf } = await import('../reportOf.ts');
    await reportOf(result, report);
    if (options.json) context.printJson({ ...result, report });
    else context.print(runSummary(result, report));
  });
}
