import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { kernelPlacement as placementSchema, type KernelPlacement } from '../../contracts/inferenceHost.ts';
import { createSession } from '../onnx/session.ts';
import { runSession, type TensorValues } from '../onnx/runSession.ts';
import { readManifest } from '../packs/manifest.ts';
import { htdemucsForCpu } from '../separate/cpuGraph/htdemucsForCpu.ts';
import { kernelPlacement, takeProfile } from './placement.ts';
import { testInput } from './testInput.ts';

/** What a probe finds. */
export const probeResult = z.object({
  /** One window by the clock, after one to warm up. */
  secondsPerWindow: z.number(),
  /** Largest absolute difference to the reference outputs; null when there were none to compare with. */
  maxError: z.number().nullable(),
  /** Largest magnitude in the reference outputs. */
  peak: z.number().nullable(),
  kernels: placementSchema.nullable(),
});
export type ProbeResult = z.infer<typeof probeResult>;

/** Which provider, which model, and where the CPU's numbers are or go. */
export const probeArguments = z.object({
  provider: z.string(),
  model: z.string(),
  manifest: z.string(),
  threads: z.number().int().positive(),
  reference: z.string(),
  writeReference: z.boolean(),
});
export type ProbeArguments = z.infer<typeof probeArguments>;

/**
 * Tries a provider on a model: a window to warm up, one by the clock, compared with the CPU's numbers, and one
 * more with a profile that says where the kernels really ran (onnxruntime gives a provider that is not at work
 * to the CPU without a word). It is run in a throw-away process: a provider may take it down.
 */
export async function probeProvider(wanted: ProbeArguments): Promise<ProbeResult> {
  const manifest = await readManifest(wanted.manifest);
  // As the model will really be run: on the CPU HTDemucs is rewritten, which is faster and takes less memory.
  const rewritten = wanted.provider === 'cpu' && manifest.model.adapter === 'htdemucs';
  const session = await createSession(wanted.model, {
    provider: wanted.provider,
    threads: wanted.threads,
    graph: rewritten ? htdemucsForCpu(wanted.model) : undefined,
  });
  const input = testInput(manifest);
  await runSession(session, input);
  const start = performance.now();
  const outputs = await runSession(session, input);
  const secondsPerWindow = (performance.now() - start) / 1000;
  const names = manifest.model.outputs.map(({ name }) => name);
  if (wanted.writeReference) {
    await writeReference(wanted.reference, names, outputs);
    return { secondsPerWindow, maxError: null, peak: null, kernels: null };
  }
  const compared = compare(await readFile(wanted.reference), names, outputs);
  await session.release();
  return { secondsPerWindow, ...compared, kernels: await placementOf(wanted, input) };
}

/** A run of its own: writing down every kernel takes time. */
async function placementOf(wanted: ProbeArguments, input: TensorValues): Promise<KernelPlacement> {
  const profilePrefix = join(dirname(wanted.reference), `profile-${wanted.provider}`);
  const session = await createSession(wanted.model, {
    provider: wanted.provider,
    threads: wanted.threads,
    profilePrefix,
  });
  await runSession(session, input);
  session.endProfiling();
  await session.release();
  return kernelPlacement(await takeProfile(profilePrefix));
}

async function writeReference(path: string, names: readonly string[], outputs: TensorValues) {
  const file = await open(path, 'w');
  try {
    for (const name of names) {
      const { data } = outputs[name]!;
      await file.writeFile(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  } finally {
    await file.close();
  }
}

/** Largest absolute difference, infinite where a value is missing or no number. */
function compare(reference: Buffer, names: readonly string[], outputs: TensorValues) {
  let at = 0;
  let maxError = 0;
  let peak = 0;
  for (const name of names) {
    const { data } = outputs[name]!;
    if (reference.length < (at + data.length) * 4) return { maxError: null, peak: null };
    for (const value of data) {
      const expected = reference.readFloatLE(at++ * 4);
      const error = Math.abs(value - expected);
      if (!(error <= maxError)) maxError = Number.isNaN(error) ? Number.MAX_VALUE : error;
      peak = Math.max(peak, Math.abs(expected));
    }
  }
  return { maxError, peak };
}
