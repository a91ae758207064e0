import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what writers of a killed run left half-written in an operation's folder. */
export async function clearPartials(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (name.endsWith('.partial')) await rm(join(directory, name), { force: true });
  }
}
