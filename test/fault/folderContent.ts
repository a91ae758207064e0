import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** File name to SHA-256 of its content, for all files below a folder. */
export async function folderContent(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hashes = await Promise.all(
    files.sort().map(async (file) => {
      const content = await readFile(file);
      return [file.slice(directory.length + 1), createHash('sha256').update(content).digest('hex')] as const;
    }),
  );
  return Object.fromEntries(hashes);
}
