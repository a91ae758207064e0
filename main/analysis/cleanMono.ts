/** Mean of the channels; samples that are no numbers become silence, in `block` too. */
export function cleanMono(block: readonly Float32Array[]): Float64Array {
  const mono = new Float64Array(block[0]?.length ?? 0);
  for (const plane of block) {
    for (let n = 0; n < plane.length; n++) {
      if (!Number.isFinite(plane[n]!)) plane[n] = 0;
      mono[n] = mono[n]! + plane[n]! / block.length;
    }
  }
  return mono;
}
