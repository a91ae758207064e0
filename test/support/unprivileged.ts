import { chown, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const nobody = 65_534;

/**
 * Runs `work` as a user whom file rights bind: root, for whom they do not count, becomes nobody for that
 * time, and `folder` with all that is in it belongs to nobody from then on.
 */
export async function unprivileged<T>(folder: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  for (const name of await readdir(folder, { recursive: true }))
    await chown(join(folder, name), nobody, nobody);
  await chown(folder, nobody, nobody);
  process.seteuid!(nobody);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}
