import { createHash } from 'node:crypto';
import { open, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError, asSoniError } from '../../../contracts/errors.ts';
import { directories } from '../../../platform/directories.ts';
import { fileError } from '../../../platform/fileError.ts';
import { fromMirror } from './mirror.ts';
import type { SourceContext } from './material.ts';

const maxRedirects = 5;
/** A connection that brings nothing for this long is given up; what came is kept for the next try. */
const stallMs = 60_000;

/** The last piece of an address's path. */
const fileNameOf = (url: string): string => {
  const last = new URL(url).pathname.split('/').pop() ?? '';
  return last.replace(/[^A-Za-z0-9._-]/g, '_') || 'download';
};

/** Plain http only to this very machine. */
const isAllowed = (url: URL): boolean =>
  url.protocol === 'https:' ||
  (url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname));

/**
 * A file over https: from the mirror folder, else downloaded. What came before a broken connection, a
 * cancel or a kill is kept and the rest is asked for by a Range request.
 * @returns its path in `context.folder` (or in the mirror)
 * @throws SoniError `network` | `corrupt` (wrong size) | `cancelled` | `no-space` | `denied`
 */
export async function download(
  source: { url: string; bytes: number },
  context: SourceContext,
): Promise<string> {
  const name = fileNameOf(source.url);
  const mirrored = await fromMirror(name);
  if (mirrored !== undefined) return mirrored;

  const folder = join(directories().packs, '.downloads');
  await mkdir(folder, { recursive: true });
  const partial = join(
    folder,
    `${createHash('sha256').update(source.url).digest('hex').slice(0, 16)}.partial`,
  );
  const have = await stat(partial).then(
    (found) => found.size,
    () => 0,
  );
  if (have > source.bytes) await rm(partial);
  if (have !== source.bytes) await fetchInto(partial, source, have < source.bytes ? have : 0, context);
  const { size } = await stat(partial);
  if (size !== source.bytes) {
    await rm(partial, { force: true });
    throw new SoniError(
      'corrupt',
      `${source.url} gave ${size} bytes, ${source.bytes} were expected. The file there is another one now; update SoniDesk or tell its makers.`,
    );
  }
  const complete = join(context.folder, name);
  await rename(partial, complete);
  return complete;
}

async function fetchInto(
  partial: string,
  source: { url: string; bytes: number },
  have: number,
  { signal, onProgress }: SourceContext,
): Promise<void> {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stallMs);
  try {
    const response = await request(source.url, have, AbortSignal.any([signal, stall.signal]));
    const resumed = response.status === 206; // a server without ranges sends all of it again
    const file = await open(partial, resumed ? 'a' : 'w').catch((thrown: unknown) => {
      throw fileError(thrown, `write ${partial}`);
    });
    try {
      let done = resumed ? have : 0;
      for await (const piece of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => stall.abort(), stallMs);
        await file.writeFile(piece).catch((thrown: unknown) => {
          throw fileError(thrown, `write ${partial}`);
        });
        done += piece.length;
        onProgress({ step: 'download', done, total: source.bytes });
        // More than announced is wrong whatever follows.
        if (done > source.bytes) break;
      }
    } finally {
      await file.close();
    }
  } catch (thrown) {
    if (thrown instanceof SoniError) throw thrown;
    if (signal.aborted) throw asSoniError(thrown);
    const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    const why = stall.signal.aborted
      ? `nothing came for ${stallMs / 1000} s`
      : cause instanceof Error
        ? cause.message
        : String(cause);
    throw new SoniError(
      'network',
      `The download of ${source.url} broke off: ${why}. Run it again; it goes on where it stopped.`,
      undefined,
      { cause: thrown },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Follows a few redirects by hand, so that none leads away from https. */
async function request(address: string, from: number, signal: AbortSignal): Promise<Response> {
  let url = new URL(address);
  for (let hop = 0; hop <= maxRedirects; hop++) {
    if (!isAllowed(url)) {
      throw new SoniError('network', `${url.href} is not https; model packs come over https only.`);
    }
    const response = await fetch(url, {
      redirect: 'manual',
      signal,
      headers: { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) },
    });
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && location !== null) {
      await response.body?.cancel();
      url = new URL(location, url);
      continue;
    }
    if (response.status === 200 || response.status === 206) return response;
    await response.body?.cancel();
    throw new SoniError(
      'network',
      `${url.href} answered ${response.status} ${response.statusText}. Try again later.`,
    );
  }
  throw new SoniError('network', `${address} redirects more than ${maxRedirects} times.`);
}
