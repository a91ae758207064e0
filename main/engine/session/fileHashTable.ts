import { z } from 'zod';
import type { SessionDatabase } from './database.ts';

const hashRow = z.object({ identity: z.string(), sha256: z.string() });

/** Content hashes of files that were read before, as long as the files look the same. */
export class FileHashTable {
  constructor(private readonly database: SessionDatabase) {}

  get(path: string, identity: string): string | undefined {
    const row = this.database.get(hashRow, 'SELECT identity, sha256 FROM file_hashes WHERE path = ?', path);
    return row?.identity === identity ? row.sha256 : undefined;
  }

  put(path: string, identity: string, sha256: string): void {
    this.database.run(
      'INSERT OR REPLACE INTO file_hashes (path, identity, sha256) VALUES (?, ?, ?)',
      path,
      identity,
      sha256,
    );
  }
}
