import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import type { DeskHome } from './desk.ts';
import { chromium } from './requirement.ts';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
  '--lang=en',
];

export interface BrowserDesk {
  readonly page: Page;
  readonly address: string;
  readonly server: ChildProcess;
  /** What the page complained about: policy violations, errors. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** `sonidesk open` as a process of its own, and its window in a real Chromium. */
export async function browserDesk(
  desk: Pick<DeskHome, 'env'>,
  files: readonly string[] = [],
): Promise<BrowserDesk> {
  const server = spawn(process.execPath, ['bin/sonidesk.mjs', 'open', '--no-browser', ...files], {
    env: desk.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = (await once(createInterface(server.stdout), 'line')) as [string];
  const browser: Browser = await playwright.launch({ executablePath: chromium!, args: flags });
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
    // Colours are judged as they stay, not on their way.
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.setDefaultTimeout(20_000);
  await page.goto(address);
  return {
    page,
    address,
    server,
    complaints,
    async close() {
      await browser.close();
      const gone = once(server, 'exit');
      server.kill('SIGINT');
      await gone;
    },
  };
}
