import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { create } from 'tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  temporaryHome,
  tinyManifest,
  tinyModel,
  writePackFolder,
} from '../../../../test/support/tinyPack.ts';
import type { PackSource } from '../../../contracts/pack.ts';
import { addPack } from '../addPack.ts';
import { findPack, packFolder } from '../findPack.ts';
import { verifyPack } from '../verifyPack.ts';
import type { PackProgress } from './material.ts';

const model = tinyModel();
let home: Awaited<ReturnType<typeof temporaryHome>>;
let server: Server | undefined;

beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await home.remove();
});

/** A pack whose only file comes from `source`. */
async function packFrom(source: PackSource, from = 'weights/tiny.onnx'): Promise<string> {
  const manifest = tinyManifest(model, { source });
  return await writePackFolder(join(home.home, 'source'), {
    ...manifest,
    files: [{ ...manifest.files[0]!, from }],
  });
}

/** A tarball as npm makes them: everything in `package/`. */
async function tarball(name: string): Promise<{ folder: string; bytes: Buffer }> {
  const folder = join(home.home, 'mirror');
  await mkdir(join(folder, 'package', 'weights'), { recursive: true });
  await writeFile(join(folder, 'package', 'weights', 'tiny.onnx'), model);
  await writeFile(
    join(folder, 'package', 'package.json'),
    '{"name": "@sonidesk-test/tiny-pack", "version": "1.2.3"}',
  );
  await create({ gzip: true, cwd: folder, file: join(folder, name) }, ['package']);
  return { folder, bytes: await readFile(join(folder, name)) };
}

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const add = (path: string, options: { signal?: AbortSignal; onProgress?: (p: PackProgress) => void } = {}) =>
  addPack(path, { acceptLicence: false, ...options });

describe('an npm package', () => {
  const source: PackSource = {
    type: 'npm',
    package: '@sonidesk-test/tiny-pack',
    version: '1.2.3',
    bytes: 1000,
  };
  const name = 'sonidesk-test-tiny-pack-1.2.3.tgz';

  it('is taken from the mirror folder first', async () => {
    const { folder } = await tarball(name);
    vi.stubEnv('SONIDESK_PACK_MIRROR', folder);
    vi.stubEnv('PATH', ''); // no npm to be had
    await add(await packFrom(source));
    await verifyPack('tiny');
    expect((await readdir(packFolder('tiny'))).sort()).toEqual(['manifest.json', 'tiny.onnx']);
    expect(existsSync(join(folder, name))).toBe(true);
  });

  it("is fetched by the user's own npm from the user's own registry", async () => {
    const { bytes } = await tarball(name);
    const url = await serve((request, response) => {
      if (request.url?.endsWith('.tgz')) response.end(bytes);
      else {
        const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
        const dist = { tarball: `${url}/${name}`, integrity };
        const version = { name: source.package, version: '1.2.3', dist };
        response.setHeader('content-type', 'application/json').end(
          JSON.stringify({
            name: source.package,
            'dist-tags': { latest: '1.2.3' },
            versions: { '1.2.3': version },
          }),
        );
      }
    });
    vi.stubEnv('npm_config_registry', url);
    const steps = new Set<string>();
    await add(await packFrom(source), { onProgress: ({ step }) => steps.add(step) });
    expect([...steps]).toEqual(expect.arrayContaining(['download', 'unpack', 'verify']));
    await verifyPack('tiny');
  });

  it('cannot be had without a network', async () => {
    vi.stubEnv('npm_config_registry', 'http://127.0.0.1:9/'); // the discard port: nobody answers
    vi.stubEnv('npm_config_fetch_retries', '0');
    await expect(add(await packFrom(source))).rejects.toMatchObject({
      kind: 'network',
      message: expect.stringMatching(
        /could not fetch @sonidesk-test\/tiny-pack@1\.2\.3.*SONIDESK_PACK_MIRROR/,
      ),
    });
    expect(existsSync(packFolder('tiny'))).toBe(false);
  });

  it('cannot be had without npm', async () => {
    vi.stubEnv('PATH', '');
    await expect(add(await packFrom(source))).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('npm was not found'),
    });
  });

  it('is refused when its tarball is cut off or holds something else', async () => {
    const { folder, bytes } = await tarball(name);
    vi.stubEnv('SONIDESK_PACK_MIRROR', folder);
    await expect(add(await packFrom(source, 'weights/other.onnx'))).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('does not hold weights/other.onnx'),
    });
    for (const length of [0, 100, bytes.length - 20]) {
      await writeFile(join(folder, name), bytes.subarray(0, length));
      await expect(add(await packFrom(source))).rejects.toMatchObject({ kind: 'corrupt' });
    }
  });

  it('cannot write outside of the pack', async () => {
    const { folder } = await tarball(name);
    await writeFile(join(home.home, 'evil.onnx'), model);
    await create(
      { gzip: true, cwd: join(folder, 'package'), file: join(folder, name), preservePaths: true },
      ['../../evil.onnx', '../../../../../../../../tmp/../etc/hostname'].filter((path) =>
        existsSync(join(folder, 'package', path)),
      ),
    );
    vi.stubEnv('SONIDESK_PACK_MIRROR', folder);
    await expect(add(await packFrom(source, 'evil.onnx'))).rejects.toMatchObject({ kind: 'corrupt' });
    expect((await readdir(join(home.home, 'packs'))).filter((entry) => entry.includes('evil'))).toEqual([]);
  });
});

describe('an https file', () => {
  // Plain http is allowed to this very machine only.
  const source = (url: string, bytes = model.length): PackSource => ({ type: 'https', url, bytes });
  const downloads = () => readdir(join(home.home, 'packs', '.downloads')).catch(() => []);

  it('is downloaded, also through redirects', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/final/tiny.onnx') response.end(model);
      else response.writeHead(302, { location: '/final/tiny.onnx' }).end();
    });
    await add(await packFrom(source(`${url}/tiny.onnx`)));
    expect((await findPack('tiny')).manifest.source.type).toBe('https');
    expect(await downloads()).toEqual([]);
  });

  it('goes on where a broken connection stopped', async () => {
    const ranges: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      ranges.push(request.headers.range);
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      if (from === 0) {
        response.writeHead(200, { 'content-length': model.length });
        response.write(model.subarray(0, 200), () => setTimeout(() => response.destroy(), 50));
      } else response.writeHead(206).end(model.subarray(from));
    });
    const pack = await packFrom(source(`${url}/tiny.onnx`));
    await expect(add(pack)).rejects.toMatchObject({
      kind: 'network',
      message: expect.stringContaining('goes on where it stopped'),
    });
    await add(pack);
    expect(ranges).toEqual([undefined, 'bytes=200-']);
    await verifyPack('tiny');
  });

  it('starts again when the server does not know ranges', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': model.length });
      if (requests++ > 0) response.end(model);
      else response.write(model.subarray(0, 200), () => setTimeout(() => response.destroy(), 50));
    });
    const pack = await packFrom(source(`${url}/tiny.onnx`));
    await expect(add(pack)).rejects.toMatchObject({ kind: 'network' });
    await add(pack);
    await verifyPack('tiny');
  });

  it('may be an archive', async () => {
    const { folder } = await tarball('tiny.tgz');
    await create({ gzip: true, cwd: join(folder, 'package'), file: join(folder, 'tiny.tgz') }, ['weights']);
    const bytes = await readFile(join(folder, 'tiny.tgz'));
    const url = await serve((_, response) => response.end(bytes));
    await add(await packFrom(source(`${url}/tiny.tgz`, bytes.length)));
    expect((await readFile(join(packFolder('tiny'), 'tiny.onnx'))).equals(model)).toBe(true);
  });

  it('keeps what came before a cancel', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': model.length });
      response.write(model.subarray(0, 100)); // and no more
    });
    const cancel = new AbortController();
    const attempt = add(await packFrom(source(`${url}/tiny.onnx`)), {
      signal: cancel.signal,
      onProgress: ({ step, done }) => step === 'download' && done === 100 && cancel.abort(),
    });
    await expect(attempt).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await downloads()).toHaveLength(1);
  });

  it.each([
    ['another size', (r: ServerResponse) => r.end(model.subarray(0, 250)), 'corrupt'],
    ['too much', (r: ServerResponse) => r.end(Buffer.concat([model, model])), 'corrupt'],
    ['an error', (r: ServerResponse) => r.writeHead(404).end('nothing here'), 'network'],
    [
      'redirects without end',
      (r: ServerResponse) => r.writeHead(302, { location: '/again' }).end(),
      'network',
    ],
    [
      'a way off https',
      (r: ServerResponse) => r.writeHead(302, { location: 'http://0.0.0.0:1/' }).end(),
      'network',
    ],
    [
      'other bytes of the same size',
      (r: ServerResponse) => r.end(model.map((byte, i) => (i === 200 ? byte ^ 1 : byte))),
      'corrupt',
    ],
  ])('is refused with %s, and nothing stays behind', async (_, answer, kind) => {
    const url = await serve((__, response) => void answer(response));
    await expect(add(await packFrom(source(`${url}/tiny.onnx`)))).rejects.toMatchObject({ kind });
    expect(existsSync(packFolder('tiny'))).toBe(false);
    expect(await downloads()).toEqual([]);
  });

  it('is never fetched over plain http from elsewhere', async () => {
    await expect(add(await packFrom(source('http://192.0.2.1/tiny.onnx')))).rejects.toMatchObject({
      kind: 'network',
      message: expect.stringContaining('https only'),
    });
  });
});
