// The window in a Chromium: for its tests, and for the pictures of the documentation.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { appRoot } from './electron.mjs';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const chromiumPath =
  [process.env.CHROMIUM, ...places].find((path) => path && spawnSync(path, ['--version']).status === 0) ??
  null;

export async function launchChromium() {
  if (chromiumPath === null) {
    throw new Error(`No Chromium at ${places.join(', ')}. Install one, or name it in CHROMIUM.`);
  }
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--lang=en',
    ],
  });
}

export async function openWindow(args, env = process.env) {
  const server = spawn(
    process.execPath,
    [join(appRoot, 'bin/sonidesk.mjs'), 'open', '--no-browser', ...args],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let complaints = '';
  server.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
    process.stderr.write(text);
  });
  const ended = once(server, 'close').then(([code, signal]) => {
    throw new Error(`sonidesk open ended with ${code ?? signal}: ${complaints}`);
  });
  // When it ends later, that is not told here.
  ended.catch(() => undefined);
  const [address] = await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
  return { server, address };
}
