import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmod, lstat, mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { SoniError } from '../../../main/contracts/errors.ts';
import { writeFileAtomic } from '../../../main/platform/atomicFile.ts';
import { fileError } from '../../../main/platform/fileError.ts';

/** The 0600 file that tells plugins and the command line where the bridge listens. Unknown members are ignored. */
const endpoint = z.object({
  /** `unix:/path`, `pipe:\\.\pipe\name` or `tcp:127.0.0.1:port`. */
  address: z.string(),
  /** 64 hex digits; new with every start. */
  token: z.string(),
  /** Where the app and the command line call the bridge (RPC), with the same token. */
  control: z.string(),
  pid: z.number().int(),
});
export type Endpoint = z.infer<typeof endpoint>;

/** Where that file is: the same rule as the plugin's (Endpoint.hpp). `SONIDESK_BRIDGE` names another. */
export function endpointFile(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const chosen = env['SONIDESK_BRIDGE'];
  if (chosen) return chosen;
  if (platform === 'win32') return `${env['LOCALAPPDATA'] ?? ''}\\SoniDesk\\bridge.json`;
  if (platform === 'darwin') return join(homedir(), 'Library/Application Support/SoniDesk/bridge.json');
  const runtime = env['XDG_RUNTIME_DIR'];
  return join(
    runtime ? join(runtime, 'sonidesk') : `/tmp/sonidesk-${process.getuid?.() ?? 0}`,
    'bridge.json',
  );
}

export const newToken = (): string => randomBytes(32).toString('hex');

/** In constant time. */
export function sameToken(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Null when there is none or it cannot be read as one. */
export async function readEndpoint(file: string): Promise<Endpoint | null> {
  try {
    return endpoint.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

export async function writeEndpoint(file: string, content: Endpoint): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(content)}\n`, 0o600);
}

export const removeEndpoint = (file: string): Promise<void> => rm(file, { force: true });

/**
 * The folder for sockets, closed to other users: the endpoint file's own where it is ours alone, otherwise a
 * folder of ours inside it.
 * @throws SoniError `denied` when somebody else made it
 */
export async function privateFolder(file: string): Promise<string> {
  const folder = dirname(file);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Made by an earlier start, perhaps by hand with other rights; a stranger's is refused.
    if (/^sonidesk/i.test(basename(folder))) return await closeToOthers(folder);
    if (await isPrivate(folder)) return folder;
    const inside = join(folder, `sonidesk-${process.getuid?.() ?? 0}`);
    await mkdir(inside, { recursive: true, mode: 0o700 });
    return await closeToOthers(inside);
  } catch (thrown) {
    throw fileError(thrown, `use the folder ${folder}`);
  }
}

async function closeToOthers(folder: string): Promise<string> {
  if (await isPrivate(folder)) return folder;
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new SoniError(
      'denied',
      `${folder} belongs to another user; remove it, or set SONIDESK_BRIDGE to a file in a folder of your own.`,
    );
  }
  await chmod(folder, 0o700);
  return folder;
}

async function isPrivate(folder: string): Promise<boolean> {
  if (process.platform === 'win32') return true;
  const { uid, mode } = await lstat(folder);
  return uid === process.getuid?.() && (mode & 0o077) === 0;
}
