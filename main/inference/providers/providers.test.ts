import { utimes, writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SoniError } from '../../contracts/errors.ts';
import { temporaryHome, tinyManifest, tinyModel, writePackFolder } from '../../../test/support/tinyPack.ts';
import { withUserNotes } from '../host/userNotes.ts';
import { loadModel } from '../onnx/model.ts';
import { releaseWarm } from '../onnx/warmSessions.ts';
import { addPack } from '../packs/addPack.ts';
import { availableProviders, type SystemView } from './available.ts';
import { judge, chooseProvider } from './chooseProvider.ts';
import { clearInUse, diedInUse, markInUse } from './crashMarker.ts';
import { testInput } from './testInput.ts';

const model = tinyModel();
let home: Awaited<ReturnType<typeof temporaryHome>>;
beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await releaseWarm();
  await home.remove();
});

const tinyPack = async () =>
  await addPack(await writePackFolder(join(home.home, 'source'), tinyManifest(model), model), {
    acceptLicence: false,
  });
const input = { x: { data: new Float32Array(64).fill(0.5), dims: [1, 1, 64] } };

describe('providers at hand', () => {
  const linux: SystemView = {
    platform: 'linux',
    env: {},
    compiled: [
      { name: 'cpu', bundled: true },
      { name: 'webgpu', bundled: true },
      { name: 'cuda', bundled: false },
      { name: 'tensorrt', bundled: false },
    ],
    hasProviderLibrary: () => false,
    exists: () => false,
    list: () => [],
  };

  it.each<[string, Partial<SystemView>, string[]]>([
    ['nothing but a CPU', {}, ['cpu']],
    ['a render node', { list: () => ['card0', 'renderD128'] }, ['webgpu', 'cpu']],
    ['a display without rendering', { list: () => ['card0'] }, ['cpu']],
    ['a Vulkan driver named by hand', { env: { VK_DRIVER_FILES: '/x.json' } }, ['webgpu', 'cpu']],
    ['Windows on Linux', { exists: (path) => path === '/dev/dxg' }, ['webgpu', 'cpu']],
    [
      'NVIDIA with the CUDA library added',
      { exists: (path) => path === '/dev/nvidia0', hasProviderLibrary: (name) => name === 'cuda' },
      ['cuda', 'webgpu', 'cpu'],
    ],
    [
      'Windows',
      { platform: 'win32', compiled: ['cpu', 'dml', 'webgpu'].map((name) => ({ name, bundled: true })) },
      ['dml', 'webgpu', 'cpu'],
    ],
    [
      'a Mac',
      { platform: 'darwin', compiled: ['cpu', 'coreml', 'webgpu'].map((name) => ({ name, bundled: true })) },
      ['coreml', 'webgpu', 'cpu'],
    ],
  ])('on a system with %s', (_, system, expected) => {
    expect(availableProviders({ ...linux, ...system })).toEqual(expected);
  });

  it('always has the CPU here', () => {
    expect(availableProviders().at(-1)).toBe('cpu');
  });
});

describe('choice of a provider', () => {
  it('judges by speed and by the distance from the CPU', () => {
    const found = { secondsPerWindow: 1, peak: 0.5, kernels: { onProvider: 1, all: 3 } };
    expect(judge('webgpu', { ...found, maxError: 0.0009 })).toMatchObject({ usable: true, note: null });
    expect(judge('webgpu', { ...found, maxError: 0.0011 })).toMatchObject({
      usable: false,
      note: expect.stringContaining('differ'),
    });
    expect(judge('webgpu', { ...found, maxError: null })).toMatchObject({ usable: false });
    // The CPU's very numbers, because it was the CPU that computed them.
    const elsewhere = { ...found, maxError: 0, kernels: { onProvider: 0, all: 3 } };
    expect(judge('webgpu', elsewhere)).toMatchObject({
      usable: false,
      note: expect.stringContaining("none of the model's 3 kernels"),
    });
    expect(judge('webgpu', new SoniError('crashed', 'it took its process down (SIGSEGV)'))).toMatchObject({
      usable: false,
      secondsPerWindow: null,
      note: expect.stringContaining('SIGSEGV'),
    });
  });

  it('obeys SONIDESK_PROVIDER, and says when there is no such provider', async () => {
    const pack = await tinyPack();
    vi.stubEnv('SONIDESK_PROVIDER', 'cpu');
    expect((await chooseProvider(pack)).chosen).toBe('cpu');
    vi.stubEnv('SONIDESK_PROVIDER', 'abacus');
    await expect(chooseProvider(pack)).rejects.toMatchObject({
      kind: 'bad-usage',
      message: expect.stringContaining('abacus'),
    });
  });

  it('feeds the self-test the same noise every time', () => {
    const first = testInput(tinyManifest(model))['x']!;
    expect(first.dims).toEqual([1, 1, 64]);
    expect(Math.max(...first.data.map(Math.abs))).toBeLessThanOrEqual(0.1);
    expect(testInput(tinyManifest(model))['x']!.data).toEqual(first.data);
  });
});

describe('fallback to the CPU', () => {
  it('when a provider cannot load the model, with a note for the user', async () => {
    const pack = await tinyPack();
    const notes: string[] = [];
    const loaded = await withUserNotes(
      (note) => notes.push(note),
      () => loadModel(pack, { provider: 'abacus' }),
    );
    expect(loaded.provider).toBe('cpu');
    expect(notes).toEqual([expect.stringMatching(/^abacus failed .*the CPU goes on\.$/)]);
    expect((await loaded.run(input))['y']!.data).toHaveLength(480);
    await loaded.close();
    expect(await diedInUse('tiny')).toBeUndefined();
  });

  it('on the try after a process died with another provider at work', async () => {
    const pack = await tinyPack();
    const folder = join(home.home, 'cache', 'providers');
    await mkdir(folder, { recursive: true });
    const died = (pid: number, usedAt: number) =>
      writeFile(join(folder, `tiny.${pid}.in-use`), JSON.stringify({ provider: 'webgpu', usedAt }));
    const gone = 4194303; // above the largest process id of Linux
    await died(gone, Date.now());
    const notes: string[] = [];
    const loaded = await withUserNotes(
      (note) => notes.push(note),
      () => loadModel(pack),
    );
    expect(loaded.provider).toBe('cpu');
    expect(notes).toEqual([expect.stringContaining('webgpu')]);
    await loaded.close();
    expect(await diedInUse('tiny')).toBeUndefined(); // once

    await died(gone, Date.now() - 3_600_000);
    expect(await diedInUse('tiny')).toBeUndefined(); // long ago
    await markInUse('tiny', 'webgpu');
    expect(await diedInUse('tiny')).toBeUndefined(); // alive: this very process
    await clearInUse('tiny');
    await writeFile(join(folder, `tiny.${gone}.in-use`), '{"provider');
    expect(await diedInUse('tiny')).toBeUndefined();
    await died(gone, Date.now());
    expect(await diedInUse('tin')).toBeUndefined(); // another pack's
    expect(await diedInUse('tiny')).toBe('webgpu');
  });
});

describe('warm models', () => {
  it('are taken again by the next job and are good', async () => {
    const pack = await tinyPack();
    const first = await loadModel(pack);
    const expected = await first.run(input);
    await first.close();
    await first.close(); // twice does no harm
    await expect(first.run(input)).rejects.toMatchObject({ kind: 'internal' });
    const [second, third] = [await loadModel(pack), await loadModel(pack)];
    expect(await second.run(input)).toEqual(expected);
    expect(await third.run(input)).toEqual(expected);
    await second.close();
    await third.close();
  });

  it('are not used when the pack has been damaged meanwhile', async () => {
    const pack = await tinyPack();
    await (await loadModel(pack)).close();
    const path = pack.filePath('tiny.onnx');
    await writeFile(
      path,
      model.map((byte, i) => (i === 200 ? byte ^ 1 : byte)),
    );
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    await expect(loadModel(pack)).rejects.toMatchObject({ kind: 'corrupt' });
  });
});
