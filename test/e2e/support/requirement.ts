export { chromiumPath as chromium } from '../../../main/tooling/browser.mjs';

const inCi = process.env['CI'] === 'true';

/**
 * Whether a suite must be left out because a program is missing; it says why. In CI that is an error.
 * @param reason `null` when everything is there
 */
export function leftOut(reason: string | null): boolean {
  if (reason === null) return false;
  if (inCi) throw new Error(`${reason} Tests are not left out in CI.`);
  process.stderr.write(`Left out: ${reason}\n`);
  return true;
}

/** Electron needs a display; Xvfb is one. */
export const display = process.env['DISPLAY'] ?? null;
