import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';

/** Execution providers from the best to the one that always works. */
const bestFirst = ['cuda', 'coreml', 'dml', 'webgpu', 'cpu'] as const;
export type ProviderName = (typeof bestFirst)[number];

/** What is looked at; tests hand in their own. */
export interface SystemView {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Providers compiled into this build of onnxruntime; those not bundled need a library beside it. */
  readonly compiled: readonly { name: string; bundled: boolean }[];
  /** Whether onnxruntime's folder has the library of a provider that is not bundled. */
  readonly hasProviderLibrary: (name: string) => boolean;
  readonly exists: (path: string) => boolean;
  /** Names in a folder; none when it cannot be read. */
  readonly list: (folder: string) => readonly string[];
}

function onnxruntimeFolder(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(entry), 'bin', 'napi-v6', process.platform, process.arch);
}

function thisSystem(): SystemView {
  const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);
  return {
    platform: process.platform,
    env: process.env,
    compiled: listSupportedBackends(),
    hasProviderLibrary: (name) =>
      list(onnxruntimeFolder()).some((file) => file.includes(`onnxruntime_providers_${name}`)),
    exists: existsSync,
    list,
  };
}

/** A graphics device that Vulkan could use: a DRM render node, NVIDIA's or WSL's device, or a driver named by hand. */
const linuxHasGraphics = ({ env, exists, list }: SystemView): boolean =>
  Boolean(env['VK_DRIVER_FILES'] || env['VK_ICD_FILENAMES']) ||
  exists('/dev/nvidia0') ||
  exists('/dev/dxg') ||
  list('/dev/dri').some((name) => name.startsWith('renderD'));

/**
 * Execution providers that this build and this system could offer, best first, the CPU last. Cheap: nothing is
 * started, so that a machine with nothing but a CPU never waits for a self-test.
 */
export function availableProviders(system: SystemView = thisSystem()): ProviderName[] {
  return bestFirst.filter((name) => {
    const found = system.compiled.find((backend) => backend.name === name);
    if (name === 'cpu') return true;
    if (found === undefined || !(found.bundled || system.hasProviderLibrary(name))) return false;
    if (name === 'webgpu' && system.platform === 'linux') return linuxHasGraphics(system);
    return true;
  });
}
