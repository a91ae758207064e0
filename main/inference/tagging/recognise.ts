import { openWav } from '../../audio/wav/wavReader.ts';
import type { Operation } from '../../contracts/operations.ts';
import { cleanMono } from '../../analysis/cleanMono.ts';
import { melRate } from '../../analysis/logMelFrames.ts';
import { resumable, type State } from '../../platform/checkpoint.ts';
import { loadModel, type Model } from '../onnx/model.ts';
import { findPack } from '../packs/findPack.ts';
import { FeatureRows } from './featureRows.ts';
import { headLayout, type HeadLayout } from './headLayout.ts';
import { HeadWindows, type HeadWindow } from './headWindows.ts';
import { Verdict } from './verdict.ts';

const blockFrames = 1 << 16;

/**
 * What is heard in a file by a trained head, on mel bands and, when given, SoniDo's features. One pass in windows of 12 s;
 * goes on where it was cut short. The head is so small that it always runs on one thread of the CPU.
 * @throws SoniError `unsupported` (another kind of pack) | `corrupt` (features of another pack) | what `findPack` and the disk throw
 */
export const recognise: Operation<'recognise'> = async (input, context) => {
  const pack = await findPack(input.pack);
  const { manifest } = pack;
  const layout = headLayout(manifest);
  const frameSeconds = layout.melPerFrame / melRate;
  const reader = await openWav(input.audio);
  let features: FeatureRows | null = null;
  let model: Model | null = null;
  try {
    if (input.features !== null) features = await FeatureRows.open(input.features, layout);
    const graph = features !== null && { graph: 'features' };
    const head = await loadModel(pack, { provider: 'cpu', threads: 1, ...graph });
    model = head;
    const identity = ['recognise', manifest.id, manifest.version, input];
    const { verdict, keys, seconds } = await resumable(context.directory, identity, async (checkpoint) => {
      const { sampleRate, frames } = reader;
      const windows = new HeadWindows(layout, sampleRate);
      const verdict = new Verdict(layout, frameSeconds, frames / sampleRate);
      let done = 0;
      let seconds = 0;
      const state: State = (archive) => {
        done = archive.pass(done);
        seconds = archive.pass(seconds);
        windows.state(archive);
        verdict.state(archive);
      };
      checkpoint.restore(state);
      const judge = async (window: HeadWindow): Promise<void> => {
        const extra =
          features === null
            ? window.statistics
            : await features.read(window.first, layout.frames, layout.featuresWidth);
        const started = performance.now();
        const heard = await runHead(head, layout, window, extra);
        verdict.add(heard, window.mask.subarray(0, window.frames));
        seconds += (performance.now() - started) / 1000;
      };
      while (done < frames) {
        context.signal.throwIfAborted();
        const block = await reader.read(done, blockFrames);
        windows.push(cleanMono(block));
        done += block[0]!.length;
        for (let window = windows.take(); window !== null; window = windows.take()) await judge(window);
        await checkpoint.tick(state);
        context.progress({ done, total: frames });
      }
      windows.finish();
      for (let window = windows.take(true); window !== null; window = windows.take(true)) await judge(window);
      return { verdict: verdict.result(features !== null), keys: verdict.keyLogProbabilities(), seconds };
    });
    return {
      ...verdict,
      heardKey:
        features === null || keys === null
          ? null
          : { logProbabilities: keys, correlationWeight: layout.keyWeight },
      pack: manifest.id,
      packVersion: manifest.version,
      provider: head.provider,
      seconds,
      realtimeFactor: seconds > 0 ? reader.frames / reader.sampleRate / seconds : 0,
    };
  } finally {
    await model?.close();
    await features?.close();
    await reader.close();
  }
};

async function runHead(model: Model, layout: HeadLayout, { mel, mask }: HeadWindow, extra: Float32Array) {
  const { frames, melWidth } = layout;
  const outputs = await model.run({
    mel: { data: mel, dims: [1, frames, melWidth] },
    extra: { data: extra, dims: [1, frames, extra.length / frames] },
    mask: { data: mask, dims: [1, frames] },
  });
  return {
    instruments: outputs['instruments']!.data,
    role: outputs['role']!.data,
    key: outputs['key']!.data,
    activity: outputs['activity']!.data,
  };
}
