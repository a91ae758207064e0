import { createRequire } from 'node:module';
import type LibFlac from 'libflacjs';

/** libFLAC in WebAssembly. */
export type FlacLibrary = ReturnType<typeof LibFlac>;

let library: Promise<FlacLibrary> | null = null;

/** Loaded with the first file that is written: who reads only never pays for it. */
export function libFlac(): Promise<FlacLibrary> {
  library ??= load();
  return library;
}

async function load(): Promise<FlacLibrary> {
  const { fetch } = globalThis;
  // The package takes whoever knows `fetch` for a browser and would fetch its file by a path. It looks while it loads.
  Reflect.deleteProperty(globalThis, 'fetch');
  try {
    const flac = (createRequire(import.meta.url)('libflacjs') as typeof LibFlac)('wasm');
    if (!flac.isReady()) await new Promise<void>((resolve) => flac.on('ready', () => resolve()));
    return flac;
  } finally {
    Object.assign(globalThis, { fetch });
  }
}
