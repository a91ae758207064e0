import { openWav } from '../../audio/wav/wavReader.ts';
import type { Decibels } from '../../contracts/units.ts';

const block = 1 << 16;

/**
 * Signal-to-distortion ratio of an estimated stem against the true one over the whole file:
 * 10 log10(sum truth² / sum (truth - estimate)²), all channels together (the MDX challenges' definition).
 */
export async function signalToDistortion(estimate: string, truth: string): Promise<Decibels> {
  await using found = closing(await openWav(estimate));
  await using real = closing(await openWav(truth));
  let signal = 0;
  let distortion = 0;
  for (let start = 0; start < real.reader.frames; start += block) {
    const a = await found.reader.read(start, block);
    const b = await real.reader.read(start, block);
    b.forEach((channel, c) => {
      channel.forEach((value, i) => {
        const error = value - (a[c]?.[i] ?? 0);
        signal += value * value;
        distortion += error * error;
      });
    });
  }
  return 10 * Math.log10(signal / distortion);
}

const closing = <Reader extends { close(): Promise<void> }>(reader: Reader) => ({
  reader,
  [Symbol.asyncDispose]: () => reader.close(),
});
