// `npm start`: the desktop app from the sources, with whatever Electron is here.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { appRoot, downloadedElectron } from './electron.mjs';

const electron = downloadedElectron();
if (electron === null) {
  console.error(
    [
      'The Electron binary is not here: the package comes without it and is not allowed to download by itself.',
      '  Get it with:             npx electron --version',
      '  Or name a copy with:     ELECTRON_OVERRIDE_DIST_PATH=<its folder> npm start',
      '  Or use your browser:     npx sonidesk open',
    ].join('\n'),
  );
  process.exit(1);
}
const child = spawn(electron, [join(appRoot, 'dist', 'app.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
child.on('exit', (code) => process.exit(code ?? 1));
