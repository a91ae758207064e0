import { stat } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../../platform/fileError.ts';

/**
 * Says at once, before anything else is asked or made, that a file is not there.
 * @throws SoniError `not-found` | `denied` | `bad-input` for a folder
 */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((thrown: unknown) => {
    throw fileError(thrown, `read ${path}`);
  });
  if (found.isDirectory()) {
    throw new SoniError('bad-input', `${path} is a folder; an audio file was expected.`);
  }
}
