import { SoniError } from '../../../contracts/errors.ts';
import { loadModel } from '../../onnx/model.ts';
import type { InstalledPack } from '../../packs/installedPack.ts';
import { htdemucsForCpu } from '../cpuGraph/htdemucsForCpu.ts';
import { htdemucs } from './htdemucs.ts';
import { mdxNet } from './mdxNet.ts';
import type { SeparationModel } from './separationModel.ts';
import { waveform } from './waveform.ts';

const adapters = { htdemucs, waveform, 'mdx-net': mdxNet } as const;

/**
 * Loads a pack's model behind the adapter that its manifest names. The signal ends a self-test of providers.
 * @throws SoniError `unsupported` for a pack that separates nothing, and what `loadModel` throws
 */
export async function loadSeparator(pack: InstalledPack, signal: AbortSignal): Promise<SeparationModel> {
  const { adapter } = pack.manifest.model;
  const make = Object.entries(adapters).find(([name]) => name === adapter)?.[1];
  if (make === undefined || !pack.manifest.tasks.includes('separate') || !pack.manifest.stems?.length) {
    throw new SoniError(
      'unsupported',
      `The pack ${pack.manifest.id} is no separation model; choose one that is (sonidesk packs list).`,
    );
  }
  const model = await loadModel(pack, {
    signal,
    ...(adapter === 'htdemucs' && { cpuGraph: htdemucsForCpu }),
  });
  try {
    return make(pack, model);
  } catch (thrown) {
    await model.close();
    throw thrown;
  }
}
