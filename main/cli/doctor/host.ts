import { asSoniError } from '../../contracts/errors.ts';
import { createEngine } from '../../engine/workflows/engine.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Starts the inference host and asks what it can run models on. */
export async function hostFindings(signal: AbortSignal): Promise<Finding[]> {
  try {
    const engine = await createEngine();
    try {
      const { onnxruntime, providers, threads, residentBytes } = await engine.hostInfo();
      signal.throwIfAborted();
      return [
        ok(
          'inference host',
          `onnxruntime ${onnxruntime}, ${threads} threads, ${Math.round(residentBytes / 1e6)} MB`,
        ),
        providers.length > 1
          ? ok('providers', providers.join(', '))
          : warn(
              'providers',
              `${providers.join(', ')} only`,
              'Models run on the processor. With a graphics card: update its driver; on Linux, install Vulkan (libvulkan1) for WebGPU.',
            ),
      ];
    } finally {
      await engine.close();
    }
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (error.kind === 'cancelled') throw error;
    return [fail('inference host', error.message, 'Run `npm run setup` in the folder of SoniDesk.')];
  }
}
