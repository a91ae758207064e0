const firstDelayMs = 250;
const longestDelayMs = 10_000;

/** Milliseconds to wait before starting a process that has died `failures` times in a row. */
export function backOffMs(failures: number): number {
  return failures <= 0 ? 0 : Math.min(firstDelayMs * 2 ** (failures - 1), longestDelayMs);
}
