import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { DeskHome } from './desk.ts';

export interface AppDesk {
  readonly app: ElectronApplication;
  readonly page: Page;
  readonly complaints: string[];
  /** What it was started with. */
  readonly args: readonly string[];
  close(): Promise<void>;
}

/**
 * The app in a real Electron: from its sources' build, or packaged.
 * @param executable of Electron itself, or of the packaged app
 * @param before a script that Electron itself loads before the app
 */
export async function appDesk(
  desk: DeskHome,
  executable: string,
  files: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
  before?: string,
): Promise<AppDesk> {
  const isPackaged = !existsSync(join(executable, '..', 'resources', 'default_app.asar'));
  const args = [
    // In containers tests run as root, for whom Chromium has no sandbox.
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    `--user-data-dir=${join(desk.home, 'electron')}`,
    '--lang=en-GB',
    '--force-prefers-color-scheme=dark',
    ...(before === undefined ? [] : ['--require', before]),
    ...(isPackaged ? [] : [join(process.cwd(), 'dist', 'app.js')]),
    ...files,
  ];
  const app = await _electron.launch({
    executablePath: executable,
    args,
    env: { ...desk.env, ...environment },
    timeout: 90_000,
  });
  const page = await app.firstWindow({ timeout: 150_000 });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { app, page, complaints, args, close: () => app.close() };
}

const utilityPids = (app: ElectronApplication, wanted: string): Promise<number[]> =>
  app.evaluate(
    ({ app: electron }, name) =>
      electron
        .getAppMetrics()
        .filter((process) => process.type === 'Utility' && process.name === name)
        .map(({ pid }) => pid),
    wanted,
  );

/** Process ids of the engine's process. */
export const enginePids = (app: ElectronApplication): Promise<number[]> =>
  utilityPids(app, 'SoniDesk engine');

/** Process ids of the inference hosts. */
export const hostPids = (app: ElectronApplication): Promise<number[]> =>
  utilityPids(app, 'SoniDesk inference');
