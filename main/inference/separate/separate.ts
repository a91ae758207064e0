import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AudioReader } from '../../audio/audioStream.ts';
import { clearPartials } from '../../audio/clearPartials.ts';
import { openWav } from '../../audio/wav/wavReader.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Operation, OperationContext, OperationInput } from '../../contracts/operations.ts';
import { openRawAudio } from '../chunker/rawAudio.ts';
import { runChunks } from '../chunker/runChunks.ts';
import { findPack } from '../packs/findPack.ts';
import { loadSeparator } from './adapters/loadSeparator.ts';
import type { SeparationModel } from './adapters/separationModel.ts';
import { modelRange } from './modelRange.ts';
import { shareResidual } from './shareResidual.ts';
import { stemsLikeSource } from './stemsLikeSource.ts';
import { planStems } from './stemPlan.ts';
import { runLevelled } from './windowLevel.ts';
import { writeStems } from './writeStems.ts';

/** Writing the files takes about this part of the time that the model takes. */
const writingShare = 0.05;

/**
 * Separates a source into stems that sum to it: float32 WAVs at its rate, channel count and length, never
 * rescaled. The model's estimates are checkpointed after every window; the stems themselves are written from
 * them at the end, in seconds.
 * @throws SoniError `bad-usage` (range) | `unsupported` (no separation pack) | what `findPack` and the disk throw
 */
export const separate: Operation<'separate'> = async (input, context) => {
  await clearPartials(context.directory);
  const pack = await findPack(input.pack);
  const stems = planStems(pack.manifest.stems ?? []);
  const source = await openWav(input.source);
  const mix = await openWav(input.model).catch(async (thrown: unknown) => {
    await source.close();
    throw thrown;
  });
  try {
    const range = wantedRange(input, source.frames);
    const { model: part, sourceOrigin } = modelRange(source, mix, range);
    const model = await loadSeparator(pack);
    const writingFrames = range.frames * writingShare;
    const total = part.frames + writingFrames;
    let estimates;
    try {
      checkModelAudio(input, mix, model);
      estimates = await runChunks({
        audio: mix,
        range: part,
        model: {
          ...model,
          outputs: stems.names.map((name) => ({ name, channels: model.channels })),
          run: async (windows) => {
            const separated = await runLevelled(windows, model.stems.length, (audible) => model.run(audible));
            return separated.map((all, item) => {
              shareResidual(windows[item]!, all);
              return stems.computed.flatMap((stem) => all[stem]!);
            });
          },
        },
        identity: JSON.stringify([pack.manifest.id, pack.manifest.version, input]),
        directory: context.directory,
        signal: context.signal,
        progress: (done) => context.progress({ done, total }),
      });
    } finally {
      await model.close();
    }
    const raw: AudioReader[] = [];
    try {
      for (const file of estimates.files)
        raw.push(await openRawAudio(file, model.channels, model.sampleRate));
      const written = await writeStems({
        source,
        range,
        plan: stems,
        stems: stemsLikeSource(raw, { source, mix, part, origin: sourceOrigin }),
        directory: context.directory,
        signal: context.signal,
        progress: (done) => context.progress({ done: part.frames + done * writingShare, total }),
      });
      await keepOnly(
        context,
        written.stems.map(({ file }) => file),
      );
      const { seconds } = estimates;
      const audioSeconds = part.frames / model.sampleRate;
      return {
        pack: pack.manifest.id,
        packVersion: pack.manifest.version,
        provider: model.provider,
        seconds,
        realtimeFactor: seconds > 0 ? audioSeconds / seconds : 0,
        ...written,
      };
    } finally {
      for (const reader of raw) await reader.close();
    }
  } finally {
    await source.close();
    await mix.close();
  }
};

function wantedRange(input: OperationInput<'separate'>, frames: number) {
  if (input.range === null) return { start: 0, frames };
  const { start } = input.range;
  if (start >= frames) {
    throw new SoniError(
      'bad-usage',
      `The range starts at frame ${start}, but the source has only ${frames} frames.`,
    );
  }
  return { start, frames: Math.min(input.range.frames, frames - start) };
}

function checkModelAudio(input: OperationInput<'separate'>, mix: AudioReader, model: SeparationModel): void {
  if (mix.sampleRate === model.sampleRate && mix.channels === model.channels) return;
  throw new SoniError(
    'bad-usage',
    `${input.model} has ${mix.channels} channels at ${mix.sampleRate} Hz; the pack ${input.pack} takes ${model.channels} at ${model.sampleRate} Hz. Resample it first.`,
  );
}

/** Removes scratch files, and what an attempt that was killed left half-written. */
async function keepOnly(context: OperationContext, files: readonly string[]): Promise<void> {
  for (const name of await readdir(context.directory)) {
    if (!files.includes(name)) await rm(join(context.directory, name), { recursive: true, force: true });
  }
}
