// Builds the WebAssembly module and writes it as ../symphoniaModule.ts, compressed, so that bundles carry it.
// Needs a Rust toolchain with the target wasm32-unknown-unknown; users and tests do not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const folder = import.meta.dirname;
const target = mkdtempSync(join(tmpdir(), 'symphonia-'));
try {
  const built = spawnSync(
    'cargo',
    ['build', '--release', '--target', 'wasm32-unknown-unknown', '--target-dir', target],
    {
      cwd: folder,
      stdio: 'inherit',
      // The module must not tell where it was built.
      env: {
        ...process.env,
        RUSTFLAGS: `--remap-path-prefix=${folder}=. --remap-path-prefix=${homedir()}=home`,
      },
    },
  );
  if (built.status !== 0) process.exit(1);
  const wasm = readFileSync(join(target, 'wasm32-unknown-unknown/release/sonidesk_symphonia.wasm'));
  const packed = brotliCompressSync(wasm, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 },
  });
  writeFileSync(
    join(folder, '../symphoniaModule.ts'),
    `// Made by symphonia/build.mjs from symphonia/src and the crates named in symphonia/Cargo.toml (MPL-2.0).
/** WebAssembly, brotli, base64. */
export const symphoniaModule =
  '${packed.toString('base64')}';
`,
  );
} finally {
  rmSync(target, { recursive: true, force: true });
}
