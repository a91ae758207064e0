/**
 * Speed of transcription, and of the converted Basic Pitch graph against the authors' own ONNX file.
 *
 *   node test/bench/run.mjs transcribe [--authors nmp.onnx] AUDIO...
 *
 * The pack basic-pitch has to be installed. Printed for each file: notes, seconds of audio, seconds of model work and
 * of the whole operation, times real time. With --authors, both graphs run the same windows of the first file in turn,
 * one and eight at a time: the median of each and their ratio, and the largest difference of their outputs.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Tensor } from 'onnxruntime-node';
import { decode } from '../../main/audio/decode/decodeOperation.ts';
import { resample } from '../../main/audio/resample/resampleOperation.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { createSession } from '../../main/inference/onnx/session.ts';
import { findPack } from '../../main/inference/packs/findPack.ts';
import { frameLayout } from '../../main/inference/transcribe/basicPitchFrames.ts';
import { transcribe } from '../../main/inference/transcribe/transcribe.ts';

const { values, positionals } = parseArgs({
  options: { authors: { type: 'string' } },
  allowPositionals: true,
});
if (positionals.length === 0) {
  console.error('Usage: node test/bench/run.mjs transcribe [--authors nmp.onnx] AUDIO...');
  process.exit(2);
}
const pack = await findPack('basic-pitch');
const layout = frameLayout(pack.manifest);
const folder = await mkdtemp(join(tmpdir(), 'bench-transcribe-'));
const operation = async (name: string) => {
  const directory = join(folder, name);
  await mkdir(directory);
  return { signal: new AbortController().signal, directory, progress: () => undefined };
};

/** Mono at the model's rate. */
async function modelAudio(source: string, index: number): Promise<string> {
  const decoded = await operation(`decode${index}`);
  const { audio } = await decode({ source }, decoded);
  const resampled = await operation(`resample${index}`);
  const wanted = { sampleRate: layout.sampleRate, channels: 1 as const };
  const result = await resample({ audio: join(decoded.directory, audio), ...wanted }, resampled);
  return join(resampled.directory, result.audio);
}

async function compareGraphs(authorsFile: string, audio: string): Promise<void> {
  const ours = await createSession(pack.filePath(pack.manifest.model.file), { provider: 'cpu' });
  const authors = await createSession(authorsFile, { provider: 'cpu' });
  const theirNames: Record<string, string> = {
    [layout.contourOutput]: 'StatefulPartitionedCall:0',
    [layout.noteOutput]: 'StatefulPartitionedCall:1',
    [layout.onsetOutput]: 'StatefulPartitionedCall:2',
  };
  const reader = await openWav(audio);
  for (const windows of [1, 8]) {
    const times: { ours: number[]; authors: number[] } = { ours: [], authors: [] };
    let worst = 0;
    for (let run = 0; run < 15; run++) {
      const data = new Float32Array(windows * layout.windowSamples);
      const start = run * windows * layout.windowHop;
      data.set((await reader.read(start, data.length))[0]!);
      const tensor = new Tensor('float32', data, [windows, layout.windowSamples, 1]);
      const first = performance.now();
      const mine = await ours.run({ [ours.inputNames[0]!]: tensor });
      const between = performance.now();
      const theirs = await authors.run({ [authors.inputNames[0]!]: tensor });
      times.authors.push(performance.now() - between);
      times.ours.push(between - first);
      for (const [name, theirName] of Object.entries(theirNames)) {
        const expected = theirs[theirName]!.data as Float32Array;
        for (const [i, value] of (mine[name]!.data as Float32Array).entries()) {
          worst = Math.max(worst, Math.abs(value - expected[i]!));
        }
      }
    }
    // The first runs warm the caches up.
    const median = (all: number[]) => all.slice(3).sort((a, b) => a - b)[6]! / windows;
    const [mine, theirs] = [median(times.ours), median(times.authors)];
    console.log(
      `${windows} window(s) a run: ours ${mine.toFixed(1)} ms, authors' ${theirs.toFixed(1)} ms a window; ` +
        `ours ${(theirs / mine).toFixed(2)} times as fast; largest difference ${worst.toExponential(1)}`,
    );
  }
  await reader.close();
  await ours.release();
  await authors.release();
}

try {
  for (const [index, source] of positionals.entries()) {
    const audio = await modelAudio(source, index);
    if (index === 0 && values.authors !== undefined) await compareGraphs(values.authors, audio);
    const started = performance.now();
    const thresholds = { onsetThreshold: 0.5, frameThreshold: 0.3, minNoteSeconds: 0.1277 };
    const result = await transcribe(
      { audio, pack: 'basic-pitch', ...thresholds, minHz: null, maxHz: null },
      await operation(`transcribe${index}`),
    );
    const whole = (performance.now() - started) / 1000;
    const seconds = result.seconds * result.realtimeFactor;
    console.log(
      `${basename(source)}: ${result.count} notes in ${seconds.toFixed(1)} s of audio; model ${result.seconds.toFixed(1)} s ` +
        `(${result.realtimeFactor.toFixed(1)} times real time), all ${whole.toFixed(1)} s; ` +
        `${Math.round(process.memoryUsage().rss / 1e6)} MB resident`,
    );
  }
} finally {
  await rm(folder, { recursive: true });
}
