import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { asSoniError, errorPayload } from '../../contracts/errors.ts';
import { createSession } from '../onnx/session.ts';
import { runSession, type TensorValues } from '../onnx/runSession.ts';
import { readManifest } from '../packs/manifest.ts';
import { testInput } from './testInput.ts';

/** First argument of the host program when it is started to try one provider and nothing else. */
export const probeCommand = 'probe-provider';

/** What the probe prints as its last line. */
export const probeResult = z.union([
  z.object({
    secondsPerWindow: z.number(),
    /** Compared with the reference outputs; null when there were none. */
    maxError: z.number().nullable(),
    /** Largest magnitude in the reference outputs. */
    peak: z.number().nullable(),
  }),
  z.object({ error: errorPayload }),
]);
export type ProbeResult = z.infer<typeof probeResult>;

/** Arguments as JSON: which provider, which model, and where the CPU's numbers are or go. */
const probeArguments = z.object({
  provider: z.string(),
  model: z.string(),
  manifest: z.string(),
  threads: z.number().int().positive(),
  reference: z.string(),
  writeReference: z.boolean(),
});
export type ProbeArguments = z.infer<typeof probeArguments>;

/**
 * The throw-away process of a self-test: loads a model on one provider, runs a window to warm up and one by
 * the clock, compares with the CPU's numbers and prints a line of JSON. If the provider takes the process
 * down, nothing else is harmed.
 * @returns the exit code
 */
export async function runProbe(args: readonly string[]): Promise<number> {
  const result = await probe(probeArguments.parse(JSON.parse(args[0] ?? '{}'))).catch(
    (thrown: unknown): ProbeResult => ({ error: asSoniError(thrown).toPayload() }),
  );
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return 'error' in result ? 1 : 0;
}

async function probe(wanted: ProbeArguments): Promise<ProbeResult> {
  const manifest = await readManifest(wanted.manifest);
  const session = await createSession(wanted.model, { provider: wanted.provider, threads: wanted.threads });
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
