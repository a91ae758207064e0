import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { demoSong } from '../../demo/demoSong.ts';
import type { AccuracyRow } from '../../report/reportData.ts';
import type { CommandContext } from '../commandContext.ts';
import { runSummary } from '../commands/run.ts';
import { demoFolder } from '../demoFolder.ts';
import { engineJob } from '../engineJob.ts';
import { computeFeatures } from '../features/computeFeatures.ts';
import { reportOf } from '../reportOf.ts';
import { runWords } from '../resultWords.ts';
import { demoAccuracy } from './accuracy.ts';
import { offerBasicPitch, offerHtdemucs } from './packs.ts';

interface DemoOptions {
  readonly output: string;
  readonly htdemucs: boolean;
  readonly offline: boolean;
}

const accuracyText = (rows: readonly AccuracyRow[]): string =>
  rows
    .map(({ what, found, truth, score }) => {
      const pair = truth === '' ? '' : `${found} of ${truth}`;
      return `  ${what.padEnd(16)} ${pair.padEnd(24)} ${score}`;
    })
    .join('\n');

/** `npm run demo`: the main job on a song of our own, and how near its results come to the truth. */
export function demoCommand(context: CommandContext): Command {
  return new Command('demo')
    .description('Makes a song of our own, runs everything on it, and compares the results with the truth.')
    .option('-o, --output <folder>', 'folder for the results', 'demo-out')
    .option('--without-htdemucs', 'no separation model: the song is taken as a session of tracks')
    .option('--offline', 'install nothing, use what is there')
    .exitOverride()
    .action(async (raw: { output: string; withoutHtdemucs?: true; offline?: true }) => {
      await demo(
        { output: raw.output, htdemucs: raw.withoutHtdemucs !== true, offline: raw.offline === true },
        context,
      );
    });
}

async function demo({ output, htdemucs, offline }: DemoOptions, context: CommandContext): Promise<void> {
  const outputDirectory = resolve(output);
  context.print('SoniDesk demo: a song of our own, from a mix to stems, MIDI, tags and a mix plan.\n');
  const display = context.progress(false);
  const song = await demoSong(demoFolder(), (label, fraction) => {
    context.signal.throwIfAborted();
    display.update({ label: `Making the song: ${label}`, fraction, etaSeconds: null });
  });
  display.end();

  await offerBasicPitch(offline, context);
  const separate = htdemucs && (await offerHtdemucs(offline, context));
  const inputs = separate ? [song.mix] : [...song.session];
  context.say(
    separate ? `Working on the mix ${song.mix}` : `Working on the session of ${inputs.length} tracks`,
  );

  const run = await engineJob({}, context, (engine, watch) =>
    engine.run({ inputs, outputDirectory, separation: separate ? 'auto' : 'off' }, watch),
  );
  // Of the mix whatever the run was about: our own model hears whole songs.
  const picture = join(outputDirectory, 'features.png');
  const features = await computeFeatures(
    { input: song.mix, output: join(outputDirectory, 'features.safetensors') },
    { plot: picture, cache: true },
    context,
  );
  const accuracy = await demoAccuracy(run, song);
  const report = join(outputDirectory, 'report.html');
  await reportOf(run, report, { title: song.truth.title, accuracy, features: { picture, run: features } });

  context.print(`\n${runSummary(run, report)}\n`);
  context.print(`What our own model hears: ${picture}\n${runWords(features)}\n`);
  context.print('How near it came (found of truth):');
  context.print(accuracyText(accuracy));
  context.print(`\nDone in ${run.seconds.toFixed(0)} s. Open the report in a browser: ${report}`);
}
