import { open, type FileHandle } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import { fileError } from '../fileError.ts';
import { readFully } from '../readFully.ts';
import { writeFully } from '../writeFully.ts';
import { fromHalf, toHalf } from './float16.ts';
import {
  elementBytes,
  layoutOf,
  longestHeader,
  parseLayout,
  type ElementType,
  type PlacedTensor,
  type TensorLayout,
  type TensorShape,
} from './layout.ts';

/** Tensors in a safetensors file, read and written in rows: slices of the first dimension. Little is held in memory. */
export class TensorFile {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly layout: TensorLayout,
  ) {}

  /** @throws SoniError `not-found` | `denied` | `corrupt` */
  static async read(path: string): Promise<TensorFile> {
    return TensorFile.#opened(path, 'r', async (file) => {
      const start = new Uint8Array(8);
      await readWhole(file, start, 0, path);
      const length = Number(new DataView(start.buffer).getBigUint64(0, true));
      if (length > longestHeader) throw new SoniError('corrupt', `${path} is no safetensors file.`);
      const header = new Uint8Array(8 + length);
      await readWhole(file, header, 0, path);
      const layout = parseLayout(header, path);
      if ((await file.stat()).size < layout.size) {
        throw new SoniError('corrupt', `${path} is shorter than its header says; make it again.`);
      }
      return layout;
    });
  }

  /** A new file with zeros for all values, in place of what was there. @throws SoniError `denied` | `no-space` */
  static create(
    path: string,
    shapes: readonly TensorShape[],
    metadata: Readonly<Record<string, string>>,
  ): Promise<TensorFile> {
    return TensorFile.#opened(path, 'w+', async (file) => {
      const layout = layoutOf(shapes, metadata);
      await file.write(layout.header, 0, layout.header.length, 0);
      await file.truncate(layout.size);
      return layout;
    });
  }

  /**
   * A file made earlier by `create` with the same tensors, to be gone on with.
   * @throws SoniError `not-found` | `corrupt` when it is another file
   */
  static goOn(
    path: string,
    shapes: readonly TensorShape[],
    metadata: Readonly<Record<string, string>>,
  ): Promise<TensorFile> {
    return TensorFile.#opened(path, 'r+', async (file) => {
      const layout = layoutOf(shapes, metadata);
      const found = new Uint8Array(layout.header.length);
      await readWhole(file, found, 0, path);
      const same = Buffer.compare(found, layout.header) === 0 && (await file.stat()).size === layout.size;
      if (!same) throw new SoniError('corrupt', `${path} is not what its checkpoint speaks of.`);
      return layout;
    });
  }

  static async #opened(
    path: string,
    flags: string,
    prepare: (file: FileHandle) => Promise<TensorLayout>,
  ): Promise<TensorFile> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, flags);
      return new TensorFile(path, file, await prepare(file));
    } catch (thrown) {
      await file?.close();
      throw fileError(thrown, `open ${path}`);
    }
  }

  get tensors(): readonly TensorShape[] {
    return this.layout.tensors;
  }

  get metadata(): Readonly<Record<string, string>> {
    return this.layout.metadata;
  }

  /** @throws SoniError `corrupt` when there is no such tensor */
  tensor(name: string): PlacedTensor {
    const found = this.layout.tensors.find((tensor) => tensor.name === name);
    if (found === undefined) {
      const names = this.layout.tensors.map((tensor) => tensor.name).join(', ');
      throw new SoniError('corrupt', `${this.path} has no tensor "${name}", only ${names || 'none'}.`);
    }
    return found;
  }

  /** Rows `start` to `start + count`, clipped to the end: [rows * values of a row]. */
  async rows(name: string, start: number, count: number): Promise<Float32Array> {
    const tensor = this.tensor(name);
    const row = rowValues(tensor);
    const rows = Math.max(0, Math.min(count, (tensor.shape[0] ?? 0) - start));
    const size = elementBytes[tensor.dtype];
    const bytes = new Uint8Array(rows * row * size);
    try {
      await readWhole(this.file, bytes, tensor.start + start * row * size, this.path);
    } catch (thrown) {
      throw fileError(thrown, `read ${this.path}`);
    }
    return decode(tensor.dtype, bytes);
  }

  /** Writes whole rows from row `start` on. @throws SoniError `no-space` | `denied` */
  async write(name: string, start: number, values: Float32Array): Promise<void> {
    const tensor = this.tensor(name);
    const row = rowValues(tensor);
    if (values.length % row !== 0 || start + values.length / row > (tensor.shape[0] ?? 0)) {
      throw new SoniError('internal', `${values.length} values at row ${start} do not fit into ${name}.`);
    }
    const position = tensor.start + start * row * elementBytes[tensor.dtype];
    await this.writeBytes(position, encode(tensor.dtype, values));
  }

  /** Copies a tensor of another file with the same name, type and shape, a piece at a time. */
  async copyFrom(source: TensorFile, name: string, signal: AbortSignal): Promise<void> {
    const from = source.tensor(name);
    const to = this.tensor(name);
    const piece = new Uint8Array(1 << 20);
    for (let done = 0; done < from.bytes;) {
      signal.throwIfAborted();
      const part = piece.subarray(0, Math.min(piece.length, from.bytes - done));
      await readWhole(source.file, part, from.start + done, source.path);
      await this.writeBytes(to.start + done, part);
      done += part.length;
    }
  }

  private async writeBytes(position: number, bytes: Uint8Array): Promise<void> {
    try {
      await writeFully(this.file, bytes, position);
    } catch (thrown) {
      throw fileError(thrown, `write ${this.path}`);
    }
  }

  /** All that was written is on the disk afterwards. */
  async sync(): Promise<void> {
    await this.file.sync().catch((thrown: unknown) => {
      throw fileError(thrown, `write ${this.path}`);
    });
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const rowValues = ({ shape }: TensorShape): number =>
  shape.slice(1).reduce((product, size) => product * size, 1);

async function readWhole(file: FileHandle, into: Uint8Array, position: number, path: string): Promise<void> {
  if ((await readFully(file, into, position)) < into.length) {
    throw new SoniError('corrupt', `${path} ends too early.`);
  }
}

function encode(dtype: ElementType, values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * elementBytes[dtype]);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (dtype === 'F32') view.setFloat32(4 * index, value, true);
    else if (dtype === 'F16') view.setUint16(2 * index, toHalf(value), true);
    else view.setInt16(2 * index, value, true);
  }
  return bytes;
}

function decode(dtype: ElementType, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / elementBytes[dtype]);
  for (let index = 0; index < values.length; index++) {
    if (dtype === 'F32') values[index] = view.getFloat32(4 * index, true);
    else if (dtype === 'F16') values[index] = fromHalf(view.getUint16(2 * index, true));
    else values[index] = view.getInt16(2 * index, true);
  }
  return values;
}
