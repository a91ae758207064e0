import type { OnnxGraphFile } from './onnxGraph.ts';

/** Leaves out nodes whose outputs nobody reads. */
export function removeUnused(graph: OnnxGraphFile): OnnxGraphFile {
  const used = new Set(graph.outputs);
  const kept = graph.nodes
    .toReversed() // nodes stand in topological order, so readers come first
    .filter((node) => {
      if (!node.outputs.some((name) => used.has(name))) return false;
      for (const name of node.inputs) used.add(name);
      return true;
    })
    .toReversed();
  return { ...graph, nodes: kept };
}
