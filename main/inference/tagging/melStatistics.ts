/**
 * What the head without features hears beside the log-mel frames of a coarse frame: their mean and deviation, and the
 * change of the mean since the coarse frame before (`null` at the start).
 * @param frames shape [count][bands]
 * @param into shape [3][bands]
 */
export function melStatistics(
  frames: Float32Array,
  bands: number,
  previousMean: Float32Array | null,
  into: Float32Array,
): void {
  const count = frames.length / bands;
  for (let band = 0; band < bands; band++) {
    let sum = 0;
    let squares = 0;
    for (let k = 0; k < count; k++) {
      const value = frames[k * bands + band]!;
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    into[band] = mean;
    into[bands + band] = Math.sqrt(Math.max(0, squares / count - mean * mean));
    into[2 * bands + band] = previousMean === null ? 0 : mean - previousMean[band]!;
  }
}
