import { existsSync } from 'node:fs';
import { readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryHome, tinyManifest, tinyModel, writePackFolder } from '../../../test/support/tinyPack.ts';
import { loadModel } from '../onnx/model.ts';
import { releaseWarm } from '../onnx/warmSessions.ts';
import { addPack } from './addPack.ts';
import { findPack, listPacks, packFolder } from './findPack.ts';
import { installedPack } from './installedPack.ts';
import { removePack } from './removePack.ts';
import { verifyFilesCheaply } from './verification.ts';
import { verifyPack } from './verifyPack.ts';

const model = tinyModel();
let home: Awaited<ReturnType<typeof temporaryHome>>;

beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  await releaseWarm();
  await home.remove();
});

const folder = (name = 'source') => join(home.home, name);
const add = async (manifest: unknown = tinyManifest(model), content: Uint8Array | undefined = model) =>
  await addPack(await writePackFolder(folder(), manifest, content), { acceptLicence: false });
const leftovers = async () =>
  (await readdir(join(home.home, 'packs')).catch(() => [])).filter((name) => name.includes('partial'));

describe('a pack from a folder', () => {
  it('is added, found, listed, verified, loaded, run and removed', async () => {
    const steps: string[] = [];
    await addPack(await writePackFolder(folder(), tinyManifest(model), model), {
      acceptLicence: false,
      onProgress: ({ step }) => steps.push(step),
    });
    expect(steps).toContain('verify');
    expect((await listPacks()).find(({ id }) => id === 'tiny')).toMatchObject({
      installed: true,
      licenceAccepted: true,
      problem: null,
    });
    await verifyPack('tiny');
    const loaded = await loadModel(await findPack('tiny'));
    expect(loaded.provider).toBe('cpu');
    const { y } = await loaded.run({ x: { data: new Float32Array(64), dims: [1, 1, 64] } });
    expect(y!.dims).toEqual([1, 8, 60]);
    expect(new Set(y!.data)).toEqual(new Set([0.5]));
    await loaded.close();
    await removePack('tiny');
    await expect(findPack('tiny')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(removePack('tiny')).rejects.toMatchObject({ kind: 'not-found' });
    expect(await leftovers()).toEqual([]);
  });

  it('replaces an older version, and stays when the newer one is bad', async () => {
    await add();
    await add(tinyManifest(model, { version: '2.0.0' }));
    expect((await findPack('tiny')).manifest.version).toBe('2.0.0');
    await expect(add(tinyManifest(model, { version: '3.0.0' }), model.subarray(1))).rejects.toThrow(/bytes/);
    expect((await findPack('tiny')).manifest.version).toBe('2.0.0');
    await verifyPack('tiny');
    expect(await leftovers()).toEqual([]);
  });

  it('removes what a killed installation left', async () => {
    await add();
    const left = `${packFolder('tiny')}.4194303.partial`; // above the largest process id of Linux
    await writePackFolder(left, {});
    await add();
    expect(existsSync(left)).toBe(false);
  });
});

describe('a licence that must be accepted', () => {
  const licence = { id: 'Custom', text: 'For research only.', mustAccept: true };
  const manifest = tinyManifest(model, { licence });

  it('is shown, accepted once, and on record with its date', async () => {
    await expect(add(manifest)).rejects.toMatchObject({
      kind: 'licence-required',
      message: expect.stringContaining('sonidesk packs add tiny --accept-licence'),
      detail: { text: 'For research only.' },
    });
    expect(existsSync(packFolder('tiny'))).toBe(false);
    await addPack(folder(), { acceptLicence: true });
    expect((await findPack('tiny')).manifest.id).toBe('tiny');
    const record = JSON.parse(await readFile(join(home.home, 'packs', 'accepted-licences.json'), 'utf8')) as {
      pack: string;
      acceptedAt: string;
    }[];
    expect(record).toMatchObject([{ pack: 'tiny', licence: 'Custom', version: '1.0.0' }]);
    expect(Math.abs(Date.parse(record[0]!.acceptedAt) - Date.now())).toBeLessThan(60_000);
    await add(manifest); // the same text: accepted already
  });

  it('is asked for again when its text is another', async () => {
    await writePackFolder(folder(), manifest, model);
    await addPack(folder(), { acceptLicence: true });
    const stricter = tinyManifest(model, { licence: { ...licence, text: 'For research on weekdays only.' } });
    await expect(add(stricter)).rejects.toMatchObject({ kind: 'licence-required' });
  });

  it('is not accepted by copying the folder', async () => {
    await writePackFolder(packFolder('tiny'), manifest, model);
    await expect(findPack('tiny')).rejects.toMatchObject({ kind: 'licence-required' });
    expect((await listPacks()).find(({ id }) => id === 'tiny')).toMatchObject({ licenceAccepted: false });
  });
});

describe('packs that are refused', () => {
  const changed = (change: (manifest: ReturnType<typeof tinyManifest>) => unknown) =>
    change(structuredClone(tinyManifest(model)));

  it.each([
    [
      'a wrong hash',
      () =>
        add(
          undefined,
          model.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
        ),
      /SHA-256/,
    ],
    ['a truncated file', () => add(undefined, model.subarray(0, 300)), /has 300 bytes/],
    [
      'a missing file',
      () => add(changed((m) => ({ ...m, files: [...m.files, { ...m.files[0], name: 'b.bin' }] }))),
      /does not hold/,
    ],
    [
      'a model that is no ONNX',
      () => {
        const garbage = new Uint8Array(1000).fill(7);
        return add(tinyManifest(garbage), garbage);
      },
      /cannot be loaded/,
    ],
    [
      'a missing input',
      () => add(changed((m) => ({ ...m, model: { ...m.model, inputs: [{ name: 'z', shape: [1] }] } }))),
      /names the input "z".*the graph has only "x"/,
    ],
    [
      'a missing output',
      () => add(changed((m) => ({ ...m, model: { ...m.model, outputs: [{ name: 'z', shape: [1] }] } }))),
      /names the output "z"/,
    ],
    [
      'a tensor of another shape',
      () =>
        add(changed((m) => ({ ...m, model: { ...m.model, inputs: [{ name: 'x', shape: [1, 2, 64] }] } }))),
      /\[1, 2, 64\], the graph has float32 \[1, 1, 64\]/,
    ],
    [
      'a model that is not listed',
      () => add(changed((m) => ({ ...m, model: { ...m.model, file: 'other.onnx' } }))),
      /not among its files/,
    ],
    [
      'a file name that leads elsewhere',
      () => add(changed((m) => ({ ...m, files: [{ ...m.files[0], name: '../evil.onnx' }] }))),
      /files\.0\.name/,
    ],
    [
      'a source path that leads elsewhere',
      () => add(changed((m) => ({ ...m, files: [{ ...m.files[0], from: 'a/../../evil.onnx' }] }))),
      /files\.0\.from/,
    ],
  ])('%s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(message),
    });
    expect(existsSync(packFolder('tiny'))).toBe(false);
    expect(await leftovers()).toEqual([]);
  });

  it('a manifest of a newer format, politely', async () => {
    await expect(add({ format: 2, surprise: true })).rejects.toMatchObject({
      kind: 'newer-format',
      message: expect.stringContaining('Update SoniDesk'),
    });
  });

  it('a manifest that is no JSON', async () => {
    await writePackFolder(folder(), {}, model);
    await writeFile(join(folder(), 'manifest.json'), '{"format": 1,');
    await expect(addPack(folder(), { acceptLicence: false })).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('an id that is not known', async () => {
    await expect(findPack('nope')).rejects.toMatchObject({ kind: 'not-found' });
    await expect(addPack('nope', { acceptLicence: false })).rejects.toMatchObject({ kind: 'not-found' });
    await expect(removePack('../x')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('a known pack that is not installed, with the command that does it', async () => {
    await expect(findPack('htdemucs')).rejects.toMatchObject({
      kind: 'not-found',
      message: expect.stringContaining('sonidesk packs add htdemucs --accept-licence'),
    });
    await expect(findPack('htdemucs', 'separate')).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('a pack for another task, and nobody is asked to install it for that', async () => {
    await expect(findPack('htdemucs', 'features')).rejects.toMatchObject({
      kind: 'bad-usage',
      message: expect.stringContaining('cannot compute features; it is for: separate'),
    });
  });
});

describe('a pack that is damaged after its installation', () => {
  const path = () => join(packFolder('tiny'), 'tiny.onnx');
  const flip = () =>
    writeFile(
      path(),
      model.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
    );

  it('is noticed by verify and when it is loaded', async () => {
    await add();
    await flip();
    await expect(verifyPack('tiny')).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('sonidesk packs add tiny'),
    });
    await expect(loadModel(await findPack('tiny'))).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('is no reason to remove it when it is a part of SoniDesk', async () => {
    const own = await findPack('sonido-tags');
    const [first, ...rest] = own.manifest.files;
    const manifest = { ...own.manifest, files: [{ ...first!, bytes: first!.bytes + 1 }, ...rest] };
    await expect(verifyFilesCheaply(installedPack(manifest, own.directory))).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(
        /It is a part of SoniDesk; install SoniDesk again, or get .*sonido-tags from/,
      ),
    });
  });

  it('is hashed at load only when a file was touched since it was last found right', async () => {
    const pack = await add();
    const time = new Date(1_700_000_000_000);
    await utimes(path(), time, time);
    await verifyFilesCheaply(pack); // touched, and right
    await flip();
    await expect(verifyFilesCheaply(pack)).rejects.toThrow(/SHA-256/);
    await utimes(path(), time, time);
    await verifyFilesCheaply(pack); // size and time as they were: not read again
    await expect(verifyPack('tiny')).rejects.toThrow(/SHA-256/);
  });

  it('is listed with its problem and can be removed', async () => {
    await add();
    await writeFile(join(packFolder('tiny'), 'manifest.json'), 'garbage');
    expect((await listPacks()).find(({ id }) => id === 'tiny')).toMatchObject({
      installed: false,
      problem: expect.stringContaining('not JSON'),
    });
    await removePack('tiny');
    expect(existsSync(packFolder('tiny'))).toBe(false);
  });
});
