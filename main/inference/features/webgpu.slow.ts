import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { goldenSignal } from '../../../test/support/goldenSignal.ts';
import { temporaryHome } from '../../../test/support/tinyPack.ts';
import { writeWav } from '../../../test/support/writeWav.ts';
import { inferenceHost } from '../../contracts/inferenceHost.ts';
import { featureLevels } from '../../contracts/features.ts';
import type { OperationOutput } from '../../contracts/operations.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { createClient } from '../../rpc/client.ts';
import { childTransport } from '../../rpc/processTransport.ts';
import { inferenceHostProgram } from '../installation.ts';

/** Half-precision arithmetic, and what a GPU may round differently, as a part of the largest magnitude. */
const tolerance = 2e-3;
const driver = ['SONIDESK_VULKAN_DRIVER', 'VK_DRIVER_FILES']
  .map((name) => process.env[name])
  .concat('/usr/lib/chromium/vk_swiftshader_icd.json')
  .find((path) => path !== undefined && existsSync(path));
const required = process.env['CI'] === 'true';
if (driver === undefined && !required)
  console.warn('Skipped: WebGPU needs SwiftShader, which comes with Debian’s chromium, and libvulkan1.');

let home: Awaited<ReturnType<typeof temporaryHome>>;
const children: ChildProcess[] = [];
beforeAll(async () => {
  home = await temporaryHome();
});
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await home.remove();
});

/** All that the pack computes of a file by a host on one provider. */
async function computeOn(provider: string, audio: string) {
  const env = { VK_DRIVER_FILES: driver ?? '', VK_ICD_FILENAMES: driver ?? '' };
  const child = fork(inferenceHostProgram(), [], {
    env: { ...process.env, ...env, SONIDESK_PROVIDER: provider },
    execArgv: [],
  });
  children.push(child);
  const host = createClient(inferenceHost, childTransport(child));
  const run = async (operation: 'tokenise' | 'embed-clips' | 'features', input: unknown) => {
    const directory = await mkdtemp(join(home.home, `${operation}-`));
    return { directory, output: await host.call('run', { operation, input, directory }) };
  };
  const all = async (path: string, name: string) => {
    const file = await TensorFile.read(path);
    const values = await file.rows(name, 0, Infinity);
    await file.close();
    return values;
  };
  const tokenised = await run('tokenise', { audio, pack: 'sonido-s' });
  const embedded = await run('embed-clips', { audio, pack: 'sonido-s' });
  const { tokens: tokensName, provider: ofTokens } = tokenised.output as OperationOutput<'tokenise'>;
  const { clips: clipsName, provider: ofClips } = embedded.output as OperationOutput<'embed-clips'>;
  const tokens = join(tokenised.directory, tokensName);
  const clips = join(embedded.directory, clipsName);
  const providers = new Set([ofTokens, ofClips]);
  const codes: number[] = [];
  const values: Record<string, Float32Array> = { clip: await all(clips, 'clip') };
  for (const level of featureLevels) {
    const { directory, output } = await run('features', { tokens, clips, pack: 'sonido-s', level });
    const { features, provider } = output as OperationOutput<'features'>;
    providers.add(provider);
    codes.push(...(await all(tokens, `tokens.${level}`)));
    values[level] = await all(join(directory, features), `features.${level}`);
  }
  host.close();
  return { providers: [...providers], codes, values };
}

it.runIf(driver !== undefined || required)(
  'SoniDo computes the numbers of the CPU on a software GPU',
  async () => {
    expect(driver, 'SwiftShader is missing; install chromium and libvulkan1').toBeDefined();
    const options = { sampleRate: 44_100, encoding: 'float32' } as const;
    const audio = await writeWav(join(home.home, 'short.wav'), goldenSignal(22_050, 44_100), options);
    const cpu = await computeOn('cpu', audio);
    const gpu = await computeOn('webgpu', audio);
    expect(gpu.providers).toEqual(['webgpu']);
    expect(gpu.codes.length).toBe(cpu.codes.length);
    expect(cpu.codes.filter((code, i) => code !== gpu.codes[i]).length).toBeLessThanOrEqual(2);
    for (const [name, expected] of Object.entries(cpu.values)) {
      const found = gpu.values[name]!;
      expect(found.length).toBe(expected.length);
      const peak = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
      const furthest = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
      expect({ name, near: furthest / peak < tolerance, furthest }).toEqual({ name, near: true, furthest });
    }
  },
);
