// `npm run forge -- start|package`: Electron Forge with forge.config.ts. `npm run installers -- [targets]`: electron-builder
// with electron-builder.yml on what `npm run package` has put together. Both lie in a folder of their own with a lock
// of its own and are installed at their first use: 600 packages which nobody needs to run, test or package the app.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appRoot } from './electron.mjs';

const folder = join(appRoot, 'main', 'tooling', 'installers');
const stampFile = join(folder, 'node_modules', '.sonidesk-setup');
const stamp = createHash('sha256')
  .update(readFileSync(join(folder, 'package-lock.json')))
  .digest('hex');
const isWindows = process.platform === 'win32';

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: isWindows });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  console.log('Installing Electron Forge and electron-builder (once) ...');
  run('npm', ['ci', '--loglevel=error'], folder);
  writeFileSync(stampFile, stamp);
}

const [tool, ...args] = process.argv.slice(2);
const binary = (name) => join(folder, 'node_modules', '.bin', isWindows ? `${name}.cmd` : name);
if (tool === 'forge') {
  run(binary('electron-forge'), args, appRoot);
} else {
  const packaged = join(appRoot, 'out', `SoniDesk-${process.platform}-${process.arch}`);
  if (!existsSync(packaged)) {
    console.error(`There is no packaged app in ${packaged}. Run \`npm run package\` first.`);
    process.exit(2);
  }
  run(binary('electron-builder'), ['--prepackaged', packaged, '--publish', 'never', ...args], appRoot);
}
