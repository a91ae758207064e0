import { Command } from 'commander';
import type { Tags } from '../../contracts/tags.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, withEngineOptions, type EngineOptions } from '../engineOptions.ts';

const sure = (confidence: number): string => `(${Math.round(100 * confidence)} % sure)`;
const level = (value: number | null, unit: string): string =>
  value === null ? 'silence' : `${value.toFixed(1)} ${unit}`;

function text({ tempo, key, beats, downbeats, loudness, durationSeconds }: Tags): string {
  const rows: [string, string][] = [
    ['tempo', tempo === null ? 'no steady pulse' : `${tempo.bpm.toFixed(2)} BPM ${sure(tempo.confidence)}`],
    ['key', key === null ? 'none' : `${key.tonic} ${key.mode} ${sure(key.confidence)}`],
    ['beats', `${beats.length}, ${downbeats.length} of them start a bar`],
    ['loudness', `${level(loudness.integrated, 'LUFS')}, true peak ${level(loudness.truePeak, 'dBTP')}`],
    ['length', `${durationSeconds.toFixed(3)} s`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n');
}

export function tagCommand(context: CommandContext): Command {
  const command = new Command('tag')
    .summary('find tempo, beats, key and loudness')
    .description('Finds tempo, beats, bars, key and loudness of a file.')
    .argument('<input>', 'audio file');
  examples(withEngineOptions(command), 'tag song.wav', 'tag song.wav --json');
  return command.action(async (input: string, options: EngineOptions) => {
    const { engineJob } = await import('../engineJob.ts');
    const result = await engineJob(options, context, (engine, watch) => engine.tag({ input }, watch));
    if (options.json) context.printJson(result);
    else context.print(text(result));
  });
}
