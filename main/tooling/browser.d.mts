import type { ChildProcess } from 'node:child_process';
import type { Browser } from 'playwright-core';

/** The Chromium that is installed here, or the one in CHROMIUM; null when there is none. */
export const chromiumPath: string | null;
/** @throws Error when there is none */
export function launchChromium(): Promise<Browser>;
/**
 * `sonidesk open` as a process of its own.
 * @param args more arguments of it: files, options
 * @returns once it serves; what it complains about goes to our own stderr
 * @throws Error with its complaints when it ends before that
 */
export function openWindow(
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
): Promise<{ server: ChildProcess; address: string }>;
