import { checkTensors, graphTensors, type GraphTensor } from '../onnx/graphTensors.ts';
import { createSession } from '../onnx/session.ts';
import type { InstalledPack } from './installedPack.ts';

/** The inputs and outputs of an ONNX file. */
export async function readGraph(file: string): Promise<{ inputs: GraphTensor[]; outputs: GraphTensor[] }> {
  const session = await createSession(file, { provider: 'cpu', threads: 1, inspectOnly: true });
  try {
    return { inputs: graphTensors(session.inputMetadata), outputs: graphTensors(session.outputMetadata) };
  } finally {
    await session.release();
  }
}

/**
 * Loads a pack's graphs and compares their tensors with the manifest.
 * @throws SoniError `corrupt`
 */
export async function checkGraph(pack: InstalledPack): Promise<void> {
  const { model, graphs = {} } = pack.manifest;
  for (const graph of [model, ...Object.values(graphs)]) {
    checkTensors(pack.manifest, await readGraph(pack.filePath(graph.file)), graph);
  }
}
