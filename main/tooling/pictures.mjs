// Takes the pictures of the documentation: runs the demo when there is no report yet, then photographs it
// with a Chromium that is installed here (or the one in CHROMIUM).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium } from './browser.mjs';
import { appRoot } from './electron.mjs';

const report = join(appRoot, 'demo-out', 'report.html');
if (!existsSync(report)) {
  const { status } = spawnSync(process.execPath, ['dist/demo.js'], { cwd: appRoot, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

mkdirSync(join(appRoot, 'docs'), { recursive: true });
const browser = await launchChromium();
try {
  for (const [name, colorScheme] of [
    ['report.png', 'light'],
    ['report-dark.png', 'dark'],
  ]) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 }, colorScheme });
    await page.goto(pathToFileURL(report).href);
    const path = join(appRoot, 'docs', name);
    await page.screenshot({ path });
    console.log(path);
  }
} finally {
  await browser.close();
}
