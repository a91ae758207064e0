import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryHome, tinyManifest, tinyModel, writePackFolder } from '../../../test/support/tinyPack.ts';
import { inferenceHost } from '../../contracts/inferenceHost.ts';
import { createClient, type Client } from '../../rpc/client.ts';
import { childTransport } from '../../rpc/processTransport.ts';
import { inferenceHostProgram } from '../installation.ts';
import { addPack } from '../packs/addPack.ts';

let home: Awaited<ReturnType<typeof temporaryHome>>;
let child: ChildProcess | undefined;

beforeEach(async () => {
  home = await temporaryHome();
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  child = undefined;
  await home.remove();
});

/** The built host, as the engine starts it. */
function start(env: Record<string, string> = {}): Client<typeof inferenceHost> {
  child = fork(inferenceHostProgram(), [], { env: { ...process.env, ...env }, execArgv: [] });
  return createClient(inferenceHost, childTransport(child));
}

const model = tinyModel();
const installTiny = async () =>
  await addPack(
    // One sample a window: no CPU is so much faster than real time that other providers are not tried.
    await writePackFolder(
      join(home.home, 'source'),
      tinyManifest(model, { model: { ...tinyManifest(model).model, windowSamples: 1, overlapSamples: 0 } }),
      model,
    ),
    { acceptLicence: false },
  );

/** One second of 8 kHz mono silence as 16-bit WAV. */
async function silence(): Promise<string> {
  const path = join(home.home, 'silence.wav');
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + 16000, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(16000, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(16000, 40);
  await writeFile(path, Buffer.concat([header, Buffer.alloc(16000)]));
  return path;
}

describe('inference host', () => {
  it('tells about itself and about packs', async () => {
    const host = start();
    const info = await host.call('info', {});
    expect(info).toMatchObject({ pid: child!.pid, onnxruntime: '1.30.0' });
    expect(info.threads).toBeGreaterThan(0);
    expect(info.providers.at(-1)).toBe('cpu');
    await installTiny();
    expect((await host.call('describePack', { pack: 'tiny' })).model.file).toBe('tiny.onnx');
    await expect(host.call('describePack', { pack: 'nope' })).rejects.toMatchObject({ kind: 'not-found' });
    host.close();
    expect(await once(child!, 'exit')).toEqual([0, null]);
  });

  it('runs an operation into its folder, and refuses what is not one', async () => {
    const host = start();
    const directory = join(home.home, 'deep', 'result');
    const output = await host.call('run', {
      operation: 'decode',
      input: { source: await silence() },
      directory,
    });
    expect(output).toMatchObject({ sampleRate: 8000, channels: 1, frames: 8000 });
    expect(existsSync(join(directory, (output as { audio: string }).audio))).toBe(true);
    await expect(
      host.call('run', { operation: 'decode', input: { source: 5 }, directory }),
    ).rejects.toMatchObject({ kind: 'bad-usage', message: expect.stringContaining('source') });
    await expect(
      host.call('run', { operation: 'decode', input: { source: join(home.home, 'none.wav') }, directory }),
    ).rejects.toMatchObject({ kind: 'not-found' });
    host.close();
  });

  it('does not end by Ctrl-C, which its parent handles', async () => {
    const host = start();
    await host.call('info', {});
    child!.kill('SIGINT');
    await sleep(100);
    expect((await host.call('info', {})).pid).toBe(child!.pid);
    host.close();
  });

  it.skipIf(process.platform === 'win32')('ends soon after its parent was killed', async () => {
    // A parent that starts the host, tells its pid and then does nothing at all.
    const parent = spawn(process.execPath, [
      '--eval',
      `const host = require('node:child_process').fork(${JSON.stringify(inferenceHostProgram())}, [], { detached: true });
       host.once('message', () => console.log(host.pid));
       host.send({ type: 'call', id: 1, method: 'info', input: {} });`,
    ]);
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString());
    const alive = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    expect(alive()).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    for (let waited = 0; alive() && waited < 60_000; waited += 50) await sleep(50);
    expect(alive()).toBe(false);
  });
});

describe('WebGPU on a software GPU', () => {
  const driver = ['SONIDESK_VULKAN_DRIVER', 'VK_DRIVER_FILES']
    .map((name) => process.env[name])
    .concat('/usr/lib/chromium/vk_swiftshader_icd.json')
    .find((path) => path !== undefined && existsSync(path));
  const required = process.env['CI'] === 'true';
  if (driver === undefined && !required) {
    console.warn(
      'Skipped: WebGPU needs SwiftShader, which comes with Debian’s chromium (chromium-common), and libvulkan1.',
    );
  }
  const vulkan = { VK_DRIVER_FILES: driver ?? '', VK_ICD_FILENAMES: driver ?? '' };

  it.runIf(driver !== undefined || required)(
    'gives the numbers of the CPU in its self-test, which is remembered',
    async () => {
      expect(driver, 'SwiftShader is missing; install chromium and libvulkan1').toBeDefined();
      await installTiny();
      const host = start(vulkan);
      expect((await host.call('info', {})).providers).toEqual(['webgpu', 'cpu']);
      const tested = await host.call('selfTest', { pack: 'tiny', force: false });
      expect(tested.reports.map(({ provider }) => provider)).toEqual(['cpu', 'webgpu']);
      const [cpu, webgpu] = tested.reports;
      expect(cpu).toMatchObject({ usable: true, maxError: null });
      expect(webgpu).toMatchObject({ usable: true, note: null });
      expect(webgpu!.maxError).toBeLessThan(1e-4);
      // onnxruntime's own count: the convolution and the sigmoid ran there, nothing on the CPU.
      expect(webgpu!.kernels!.onProvider).toBeGreaterThanOrEqual(2);
      expect(webgpu!.kernels!.onProvider).toBe(webgpu!.kernels!.all);
      expect(cpu!.kernels).toBeNull();
      expect(webgpu!.secondsPerWindow).toBeGreaterThan(0);
      const files = await readdir(join(home.home, 'cache', 'providers'));
      expect(files.filter((name) => name.startsWith('tiny-'))).toHaveLength(1);
      expect(await host.call('selfTest', { pack: 'tiny', force: false })).toEqual(tested);
      host.close();
    },
    120_000,
  );
});
