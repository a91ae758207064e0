import type { Locator, Page } from 'playwright-core';

/** Drags a file from outside over a part of the page and drops it there, as the system's own events. */
export async function dropFile(page: Page, place: Locator, path: string): Promise<void> {
  await place.scrollIntoViewIfNeeded();
  const box = (await place.boundingBox())!;
  const session = await page.context().newCDPSession(page);
  const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', {
      type,
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      data: { items: [], files: [path], dragOperationsMask: 1 },
    });
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) await drag(type);
  await session.detach();
}
