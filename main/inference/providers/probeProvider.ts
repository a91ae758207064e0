import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { createSession } from '../onnx/session.ts';
import { runSession, type TensorValues } from '../onnx/runSession.ts';
import { readManifest } from '../packs/manifest.ts';
import { htdemucsForCpu } from '../separate/cpuGraph/htdemucsForCpu.ts';
import { testInput } from './testInput.ts';

/** What a probe finds. */
export const probeResult = z.object({
  /** One window by the clock, after one to warm up. */
  secondsPerWindow: z.number(),
  /** Largest absolute difference to the reference outputs; null when there were none to compare with. */
  maxError: z.number().nullable(),
  /** Largest magnitude in the reference outputs. */
  peak: z.number().nullable(),
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
 * Tries a provider on a model: a window to warm up, one by the clock, compared with the CPU's numbers. It is
 * run in a throw-away process: a provider may take it down.
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
    return { secondsPerWindow, maxError: null, peak: null };
  }
  return { secondsPerWindow, ...compare(await readFile(wanted.reference), names, outputs) };
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
