import { SoniError } from '../../contracts/errors.ts';
import { checkGraph } from './checkGraph.ts';
import { findPack } from './findPack.ts';
import { verifyFiles } from './verification.ts';

/**
 * Checks an installed pack completely: manifest, licence, every file's SHA-256, the graph's tensors.
 * @throws SoniError `not-found` | `licence-required` | `corrupt` | `newer-format`
 */
export async function verifyPack(id: string, signal?: AbortSignal): Promise<void> {
  const pack = await findPack(id);
  await verifyFiles(pack, signal);
  if (signal?.aborted) throw new SoniError('cancelled', 'Cancelled.');
  await checkGraph(pack);
}
