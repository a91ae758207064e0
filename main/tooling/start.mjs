// `npm start`: the desktop app from the sources, with whatever Electron is here; else it says how to get one, and offers
// the same window in the browser.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { appRoot, downloadedElectron } from './electron.mjs';

function run(program, args) {
  const child = spawn(program, args, { stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
  // Ctrl-C reaches it, too; it ends in order, and this one after it.
  process.on('SIGINT', () => undefined);
}

/** No answer counts as yes; nobody at a terminal as no. */
async function wantsBrowser() {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^(y|yes|)$/i.test(
      (await terminal.question('Open the window in your browser now? [Y/n] ')).trim(),
    );
  } finally {
    terminal.close();
  }
}

const given = process.argv.slice(2);
const electron = downloadedElectron();
if (electron === null) {
  console.error(
    [
      'The Electron binary is not here: the package comes without it and is not allowed to download by itself.',
      '  Get it (about 120 MB) with:   npx install-electron',
      '  Or name a copy with:          ELECTRON_OVERRIDE_DIST_PATH=<its folder> npm start',
      '  Or use your browser, the same window on this machine only:   npx sonidesk serve --open',
    ].join('\n'),
  );
  if (!(await wantsBrowser())) process.exit(1);
  const command = given.length > 0 ? ['open', ...given] : ['serve', '--open'];
  run(process.execPath, [join(appRoot, 'bin', 'sonidesk.mjs'), ...command]);
} else {
  run(electron, [join(appRoot, 'dist', 'app.js'), ...given]);
}
