import { Command } from 'commander';
import { mixtureRole, type Content, type Tags } from '../../contracts/tags.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, withEngineOptions, type EngineOptions } from '../engineOptions.ts';

const sure = (confidence: number): string => `(${Math.round(100 * confidence)} % sure)`;

/** Instruments from this probability on are told. */
const instrumentFrom = 0.5;

const roleWords = (name: string): string => (name === mixtureRole ? 'a mix of several' : name);

function contentRows({
  instruments,
  roles,
  voice,
  drums,
  withFeatures,
  calibrated,
}: Content): [string, string][] {
  const heard = instruments.filter(({ confidence }) => confidence >= instrumentFrom);
  const share = (spans: Content['voice']): string =>
    spans.length === 0
      ? 'none'
      : `${spans.reduce((sum, { start, end }) => sum + end - start, 0).toFixed(1)} s in ${spans.length} stretch${spans.length === 1 ? '' : 'es'}`;
  const role = roles[0];
  return [
    [
      'hears',
      heard.map(({ name, confidence }) => `${name} ${sure(confidence)}`).join(', ') || 'nothing surely',
    ],
    ['as track', role === undefined ? 'silence' : `${roleWords(role.name)} ${sure(role.confidence)}`],
    // Said of what stands above: voice and drums are heard from mel bands alone in any case.
    ['heard with', withFeatures ? 'features' : 'mel bands alone'],
    ['voice', share(voice)],
    ['drums', share(drums)],
    [
      'sureness',
      calibrated === true
        ? 'fitted to how often the head was right on songs it had not learnt'
        : 'the head’s own word; not fitted to how often it is right',
    ],
  ];
}

/** LUFS are measured over at least 0.4 s, and of what is louder than -70 (ITU-R BS.1770). */
const loudnessWords = ({ integrated, truePeak }: Tags['loudness']): string =>
  truePeak === null
    ? 'silence'
    : `${integrated === null ? 'too short or too quiet to measure' : `${integrated.toFixed(1)} LUFS`}, true peak ${truePeak.toFixed(1)} dBTP`;

export function tagsText({ tempo, key, beats, downbeats, loudness, durationSeconds, content }: Tags): string {
  const rows: [string, string][] = [
    ['tempo', tempo === null ? 'no steady pulse' : `${tempo.bpm.toFixed(2)} BPM ${sure(tempo.confidence)}`],
    ['key', key === null ? 'none' : `${key.tonic} ${key.mode} ${sure(key.confidence)}`],
    ['beats', `${beats.length}, ${downbeats.length} of them start a bar`],
    ['loudness', loudnessWords(loudness)],
    ['length', `${durationSeconds.toFixed(3)} s`],
    ...(content === undefined ? [] : contentRows(content)),
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${value}`).join('\n');
}

export function tagCommand(context: CommandContext): Command {
  const command = new Command('tag')
    .summary('find tempo, beats, key, loudness and instruments')
    .description(
      'Finds tempo, beats, bars, key and loudness of a file, and hears its instruments, what it would be as a track, and where there is singing and where there are drums.',
    )
    .argument('<input>', 'audio file')
    .option('--no-features', "let the head hear mel bands alone, without SoniDo's features");
  examples(withEngineOptions(command), 'tag song.wav', 'tag song.wav --json');
  return command.action(async (input: string, options: EngineOptions & { features: boolean }) => {
    const { engineJob } = await import('../engineJob.ts');
    const result = await engineJob(options, context, (engine, watch) =>
      engine.tag({ input, features: options.features }, watch),
    );
    if (options.json) context.printJson(result);
    else context.print(tagsText(result));
  });
}
