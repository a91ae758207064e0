import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';

/**
 * The safetensors format (huggingface/safetensors, version 0.4): eight bytes with the length of a JSON header, the
 * header, then the tensors without gaps, little-endian and row-major. Only the element types that we write are known.
 */
export const elementBytes = { F16: 2, F32: 4, I16: 2 } as const;
export type ElementType = keyof typeof elementBytes;

export interface TensorShape {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** Where a tensor lies in its file. */
export interface PlacedTensor extends TensorShape {
  /** Byte of the file at which it starts. */
  readonly start: number;
  readonly bytes: number;
}

export interface TensorLayout {
  readonly header: Uint8Array;
  readonly tensors: readonly PlacedTensor[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Bytes of the whole file. */
  readonly size: number;
}

/** The longest header that readers of the format take. */
export const longestHeader = 100_000_000;

const bytesOf = ({ dtype, shape }: TensorShape): number =>
  shape.reduce((product, size) => product * size, elementBytes[dtype]);

/** The header and the places of some tensors, in the order given. */
export function layoutOf(
  shapes: readonly TensorShape[],
  metadata: Readonly<Record<string, string>>,
): TensorLayout {
  let offset = 0;
  const entries = shapes.map((tensor) => {
    const start = offset;
    offset += bytesOf(tensor);
    return { tensor, start, end: offset };
  });
  const described = Object.fromEntries(
    entries.map(({ tensor: { name, dtype, shape }, start, end }) => [
      name,
      { dtype, shape, data_offsets: [start, end] },
    ]),
  );
  const json = JSON.stringify({ __metadata__: metadata, ...described });
  const text = new TextEncoder().encode(json);
  // Filled with spaces, so that the data start at a multiple of eight.
  const header = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(text, 8);
  return {
    header,
    metadata,
    tensors: entries.map(({ tensor, start, end }) => ({
      ...tensor,
      start: header.length + start,
      bytes: end - start,
    })),
    size: header.length + offset,
  };
}

const entry = z.object({
  dtype: z.enum(['F16', 'F32', 'I16']),
  shape: z.array(z.number().int().nonnegative()),
  data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
});
const headerJson = z
  .object({ __metadata__: z.record(z.string(), z.string()).optional() })
  .catchall(z.unknown());

/**
 * @param header the file's first bytes: the length and the JSON
 * @throws SoniError `corrupt` for what is no such header
 */
export function parseLayout(header: Uint8Array, path: string): TensorLayout {
  try {
    const { __metadata__: metadata = {}, ...tensors } = headerJson.parse(
      JSON.parse(new TextDecoder().decode(header.subarray(8))),
    );
    const placed = Object.entries(tensors).map(([name, described]): PlacedTensor => {
      const { dtype, shape, data_offsets } = entry.parse(described);
      const [start, end] = data_offsets;
      const tensor = { name, dtype, shape };
      if (end - start !== bytesOf(tensor)) throw new Error(`the size of ${name} does not fit its shape`);
      return { ...tensor, start: header.length + start, bytes: end - start };
    });
    const size = placed.reduce((most, { start, bytes }) => Math.max(most, start + bytes), header.length);
    return { header, tensors: placed, metadata, size };
  } catch (thrown) {
    throw new SoniError('corrupt', `${path} is no safetensors file that this version reads.`, undefined, {
      cause: thrown,
    });
  }
}
