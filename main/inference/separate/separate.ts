import type { AudioReader } from '../../audio/audioStream.ts';
import { openWav } from '../../audio/wav/wavReader.ts';
import { SoniError } from '../../contracts/errors.ts';
import type { Operation, OperationInput } from '../../contracts/operations.ts';
import { resumable } from '../../platform/checkpoint.ts';
import { runChunks } from '../chunker/runChunks.ts';
import { findPack } from '../packs/findPack.ts';
import { loadSeparator } from './adapters/loadSeparator.ts';
import type { SeparationModel } from './adapters/separationModel.ts';
import { modelRange } from './modelRange.ts';
import { shareResidual } from './shareResidual.ts';
import { StemSink } from './stemSink.ts';
import { planStems } from './stemPlan.ts';
import { runLevelled } from './windowLevel.ts';

/**
 * Separates a source into stems that sum to it: float32 WAVs at its rate, channel count and length, never
 * rescaled. They grow with every window; nothing else is on disk but a checkpoint.
 * @throws SoniError `bad-usage` (range) | `unsupported` (no separation pack) | what `findPack` and the disk throw
 */
export const separate: Operation<'separate'> = async (input, context) => {
  const pack = await findPack(input.pack);
  const source = await openWav(input.source);
  const mix = await openWav(input.model).catch(async (thrown: unknown) => {
    await source.close();
    throw thrown;
  });
  try {
    const range = wantedRange(input, source.frames);
    const { model: part, sourceOrigin } = modelRange(source, mix, range);
    const model = await loadSeparator(pack, context.signal);
    try {
      checkModelAudio(input, mix, model);
      const plan = planStems(pack.manifest.stems ?? [], model.stems.length);
      const identity = ['separate', pack.manifest.id, pack.manifest.version, model.provider, input];
      return await resumable(context.directory, identity, async (checkpoint) => {
        const sink = new StemSink({
          source,
          range,
          plan,
          mix,
          part,
          origin: sourceOrigin,
          directory: context.directory,
          signal: context.signal,
        });
        try {
          const seconds = await runChunks({
            audio: mix,
            range: part,
            model: {
              ...model,
              outputChannels: plan.names.length * model.channels,
              run: async (windows) => {
                const separated = await runLevelled(windows, model);
                return separated.map((all, item) => {
                  const { context, window } = model;
                  const heard = windows[item]!.map((plane) => plane.subarray(context, context + window));
                  if (plan.complete) shareResidual(heard, all);
                  return plan.computed.flatMap((stem) => all[stem]!);
                });
              },
            },
            sink,
            checkpoint,
            signal: context.signal,
            progress: (done) => context.progress({ done, total: part.frames }),
          });
          return {
            pack: pack.manifest.id,
            packVersion: pack.manifest.version,
            provider: model.provider,
            seconds,
            realtimeFactor: seconds > 0 ? part.frames / model.sampleRate / seconds : 0,
            ...(await sink.finish()),
          };
        } finally {
          await sink.close();
        }
      });
    } finally {
      await model.close();
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
