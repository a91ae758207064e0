import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError } from '../contracts/errors.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { directories } from '../platform/directories.ts';
import { MixDecisions } from './mixDecisions.ts';
import { songIdOf, songRecord } from './songRecord.ts';
import { songRecordName, songsDirectory } from './songsDirectory.ts';

/**
 * The decisions about the mix of a song, for programs without a desk.
 * @param paths absolute, as the song was opened
 * @throws SoniError `not-found`
 */
export async function songDecisions(
  paths: readonly string[],
): Promise<{ readonly plan: MixPlan; readonly decisions: MixDecisions }> {
  const folder = join(songsDirectory(directories()), songIdOf(paths));
  const text = await readFile(join(folder, songRecordName), 'utf8').catch(() => null);
  const plan = text === null ? null : (songRecord.safeParse(JSON.parse(text)).data?.mix?.plan ?? null);
  if (plan === null) {
    throw new SoniError(
      'not-found',
      `There is no mix suggestion for ${paths.join(', ')}. Open it in the window (sonidesk open) and analyse it with the mix.`,
    );
  }
  return { plan, decisions: new MixDecisions(folder) };
}
