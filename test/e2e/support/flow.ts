import type { Page } from 'playwright-core';

export type ViewName = 'Session' | 'Stems' | 'MIDI' | 'Mix' | 'Jobs' | 'Models' | 'Doctor';

export const showView = (page: Page, view: ViewName): Promise<void> =>
  page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view }).click();

/** Waits until the song has been read, starts everything, waits until it is done. */
export async function analyse(page: Page): Promise<void> {
  const header = page.locator('.song-header');
  await header.getByRole('button', { name: 'Analyse…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start' }).click();
  await header.getByRole('status').waitFor();
  await header.getByRole('button', { name: 'Analyse…' }).waitFor({ timeout: 300_000 });
}

/** Seconds that the transport shows. */
export async function position(page: Page): Promise<number> {
  const text = (await page.getByRole('timer').textContent()) ?? '';
  const [minutes = 0, seconds = 0] = text.split('/')[0]!.trim().split(':').map(Number);
  return 60 * minutes + seconds;
}
