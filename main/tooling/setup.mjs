// Brings a fresh clone to where everything runs, with nothing but Node and npm: installs the locked
// dependencies when they are missing or out of date, then builds. Run first by `npm run demo` and `npm test`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `SoniDesk needs Node 20.19 or newer; this is ${process.versions.node}. Install a current Node and run it again.`,
  );
  process.exit(2);
}

const stampFile = `${root}/node_modules/.sonidesk-setup`;
const stamp = createHash('sha256')
  .update(readFileSync(`${root}/package-lock.json`))
  .update(process.version)
  .digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  console.log('Installing dependencies (once) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const installed = spawnSync(npm, ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (installed.status !== 0) {
    console.error('Installing the dependencies failed; see the messages above. Is the network up?');
    process.exit(1);
  }
  writeFileSync(stampFile, stamp);
}

const { build } = await import('./build.mjs');
await build();
