import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { asSoniError } from '../contracts/errors.ts';
import { rangeAnswer } from '../web/byteRange.ts';
import { securityHeaders, type PageFile } from '../web/page.ts';

export const appOrigin = 'app://sonidesk';

/** To be called before Electron is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
  ]);
}

interface Sources {
  readonly page: ReadonlyMap<string, PageFile>;
  /** @throws SoniError `not-found` */
  readonly mediumFile: (id: string) => Promise<string>;
}

/** Page and media of `app://sonidesk/`: GET only, this host only, only files of the built page and media by their ids. */
export function handleScheme(session: Session, sources: Sources): void {
  session.protocol.handle('app', async (request) => {
    try {
      return await answer(request, sources);
    } catch (thrown) {
      const { kind, message } = asSoniError(thrown);
      return text(kind === 'not-found' ? 404 : 500, message);
    }
  });
}

async function answer(request: Request, { page, mediumFile }: Sources): Promise<Response> {
  if (request.method !== 'GET') return text(405, 'Only GET.');
  const url = new URL(request.url);
  if (url.origin !== appOrigin && `${url.protocol}//${url.host}` !== appOrigin)
    return text(404, 'No such host.');
  const medium = /^\/media\/([a-z0-9-]+)$/.exec(url.pathname)?.[1];
  if (medium !== undefined) {
    const { status, headers, body } = await rangeAnswer(
      await mediumFile(medium),
      request.headers.get('range'),
    );
    const stream = body();
    return new Response(stream === null ? null : (Readable.toWeb(stream) as ReadableStream), {
      status,
      headers: { ...securityHeaders, ...headers },
    });
  }
  const file = page.get(url.pathname);
  if (file === undefined) return text(404, 'There is nothing here.');
  return new Response(new Uint8Array(await readFile(file.path)), {
    headers: { ...securityHeaders, 'content-type': file.type },
  });
}

const text = (status: number, message: string): Response =>
  new Response(message, {
    status,
    headers: { ...securityHeaders, 'content-type': 'text/plain; charset=utf-8' },
  });
