import { rename, rm } from 'node:fs/promises';
import { partialName } from '../atomicFile.ts';
import { fileError } from '../fileError.ts';
import { TensorFile } from './tensorFile.ts';

/** A file and what of it is wanted. */
export interface TensorPart {
  readonly path: string;
  readonly tensors: readonly { readonly name: string }[];
}

/**
 * Tensors of several files in one, written beside and renamed. What the metadata say of tensors that are left out
 * (keys that begin with their names) is left out, too.
 * @throws SoniError `corrupt` | `no-space` | `denied`, AbortError through `signal`
 */
export async function joinTensors(
  parts: readonly TensorPart[],
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const partial = partialName(output);
  const open: TensorFile[] = [];
  try {
    const sources: { file: TensorFile; names: string[] }[] = [];
    for (const { path, tensors } of parts) {
      const file = await TensorFile.read(path);
      open.push(file);
      sources.push({ file, names: tensors.map(({ name }) => name) });
    }
    const wanted = sources.flatMap(({ names }) => names);
    const dropped = sources
      .flatMap(({ file }) => file.tensors.map(({ name }) => name))
      .filter((name) => !wanted.includes(name));
    const metadata = Object.fromEntries(
      sources
        .flatMap(({ file }) => Object.entries(file.metadata))
        .filter(([key]) => !dropped.some((name) => key.startsWith(`${name}.`))),
    );
    const shapes = sources.flatMap(({ file, names }) =>
      names.map((name) => {
        const { dtype, shape } = file.tensor(name);
        return { name, dtype, shape };
      }),
    );
    const joined = await TensorFile.create(partial, shapes, metadata);
    open.push(joined);
    for (const { file, names } of sources) {
      for (const name of names) await joined.copyFrom(file, name, signal);
    }
    await joined.sync();
    await rename(partial, output).catch((thrown: unknown) => {
      throw fileError(thrown, `write ${output}`);
    });
  } finally {
    for (const file of open) await file.close();
    await rm(partial, { force: true });
  }
}
