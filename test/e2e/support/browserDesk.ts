import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { launchChromium, openWindow } from '../../../main/tooling/browser.mjs';
import type { DeskHome } from './desk.ts';

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
  const { server, address } = await openWindow(files, desk.env);
  const browser = await launchChromium();
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
  // Generous: on a busy machine what takes a second takes twenty.
  // File dialogs are caught from the start: caught only while one is awaited, a key may open it a moment earlier.
  page.on('filechooser', () => undefined);
  page.setDefaultTimeout(60_000);
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
