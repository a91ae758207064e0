import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A file from the mirror folder of a closed network (`SONIDESK_PACK_MIRROR`), which holds downloads under
 * the names that their sources give them; undefined when there is no mirror or it lacks the file.
 */
export async function fromMirror(name: string, env = process.env): Promise<string | undefined> {
  const folder = env['SONIDESK_PACK_MIRROR'];
  if (!folder) return undefined;
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? path : undefined;
}
