import type { Page } from 'playwright-core';

/** As the system does it when files are let go over the window, with their real paths. */
export async function dropFiles(page: Page): Promise<(files: readonly string[]) => Promise<void>> {
  const debug = await page.context().newCDPSession(page);
  return async (files) => {
    const data = { items: [], files: [...files], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await debug.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
    }
  };
}
