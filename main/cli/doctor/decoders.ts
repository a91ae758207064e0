import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSource } from '../../audio/decode/openSource.ts';
import { asSoniError } from '../../contracts/errors.ts';
import { fail, ok, type Finding } from './finding.ts';
import { samples } from './samples.ts';

/** A tone of which less remains than this was not decoded (it was made with a peak of 1/8). */
const audible = 0.05;

async function decodes(path: string): Promise<boolean> {
  const source = await openSource(path);
  try {
    let peak = 0;
    for await (const [channel] of source.blocks())
      for (const value of channel ?? []) peak = Math.max(peak, Math.abs(value));
    return peak > audible;
  } finally {
    await source.close();
  }
}

/** Really decodes a tenth of a second in each compressed format. */
export async function decoderFinding(): Promise<Finding> {
  const name = 'decoders';
  const folder = await mkdtemp(join(tmpdir(), 'sonidesk-doctor-'));
  try {
    for (const [format, base64] of Object.entries(samples)) {
      const path = join(folder, format);
      await writeFile(path, Buffer.from(base64, 'base64'));
      if (!(await decodes(path)))
        return fail(name, `${format} decodes to silence`, 'Install SoniDesk again.');
    }
    return ok(name, `WAV, AIFF, ${Object.keys(samples).join(', ')}`);
  } catch (thrown) {
    return fail(name, asSoniError(thrown).message, 'Install SoniDesk again.');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
