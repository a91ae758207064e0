import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import type { KernelPlacement } from '../../contracts/inferenceHost.ts';

/** What is read of an event in a profile that onnxruntime writes (the trace event format of Chromium). */
const event = z.object({
  cat: z.string(),
  name: z.string(),
  args: z.object({ provider: z.string().optional() }).optional(),
});

/** Name that onnxruntime gives the CPU as a provider. */
const cpuProvider = 'CPUExecutionProvider';

/** How many kernels ran in all and how many of them not on the CPU, from the text of a profile. */
export function kernelPlacement(profile: string): KernelPlacement {
  const kernels = z
    .array(event)
    .parse(JSON.parse(profile))
    .filter(({ cat, name }) => cat === 'Node' && name.endsWith('_kernel_time'));
  const onProvider = kernels.filter(
    ({ args }) => args?.provider !== undefined && args.provider !== cpuProvider,
  );
  return { onProvider: onProvider.length, all: kernels.length };
}

/**
 * Reads and removes the profile that a session wrote under this prefix.
 * @throws SoniError `internal` when there is none
 */
export async function takeProfile(prefix: string): Promise<string> {
  const names = await readdir(dirname(prefix));
  const name = names.find((each) => each.startsWith(`${basename(prefix)}_`));
  if (name === undefined) throw new SoniError('internal', 'onnxruntime wrote no profile.');
  const path = join(dirname(prefix), name);
  const text = await readFile(path, 'utf8');
  await rm(path);
  return text;
}
