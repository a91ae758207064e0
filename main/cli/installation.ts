import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SoniError } from '../contracts/errors.ts';

const packageFile = z.object({ name: z.literal('sonidesk'), version: z.string() });

function installation(): { folder: string; version: string } {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const parsed = existsSync(path)
      ? packageFile.safeParse(JSON.parse(readFileSync(path, 'utf8')))
      : undefined;
    if (parsed?.success) return { folder, version: parsed.data.version };
    if (dirname(folder) === folder)
      throw new SoniError(
        'corrupt',
        `The installation around ${start} is incomplete. Install SoniDesk again.`,
      );
  }
}

/** The folder SoniDesk is installed in and its version, found the same way from the sources and from dist/. */
export const { folder: installationFolder, version } = installation();
