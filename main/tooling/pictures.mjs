// Takes the pictures of the documentation: runs the demo when there is no report yet, then photographs it
// with a Chromium that is installed here (or the one in CHROMIUM).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const report = join(root, 'demo-out', 'report.html');

const run = (command, args, quiet = false) =>
  spawnSync(command, args, { cwd: root, stdio: quiet ? 'ignore' : 'inherit' });

if (!existsSync(report) && run(process.execPath, ['dist/demo.js']).status !== 0) process.exit(1);

const candidates = [process.env.CHROMIUM, 'chromium', 'chromium-browser', 'google-chrome'].filter(Boolean);
const chromium = candidates.find((name) => run(name, ['--version'], true).status === 0);
if (chromium === undefined) {
  console.error(`No Chromium found (tried ${candidates.join(', ')}). Install one, or name it in CHROMIUM.`);
  process.exit(1);
}

mkdirSync(join(root, 'docs'), { recursive: true });
/** 0 is dark, 1 is light in Blink's settings. */
for (const [name, scheme] of [
  ['report.png', 1],
  ['report-dark.png', 0],
]) {
  const profile = mkdtempSync(join(tmpdir(), 'sonidesk-pictures-'));
  const picture = join(root, 'docs', name);
  const result = run(
    chromium,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--hide-scrollbars',
      `--user-data-dir=${profile}`,
      `--blink-settings=preferredColorScheme=${scheme}`,
      '--window-size=1280,1400',
      `--screenshot=${picture}`,
      pathToFileURL(report).href,
    ],
    true,
  );
  rmSync(profile, { recursive: true, force: true });
  if (result.status !== 0 || !existsSync(picture)) {
    console.error(`${chromium} took no picture (exit code ${result.status}).`);
    process.exit(1);
  }
  console.log(picture);
}
