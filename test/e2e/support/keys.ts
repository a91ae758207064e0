import type { Page } from 'playwright-core';

/** The window never has more places to stop at than this. */
const mostStops = 150;

/** Presses Tab until the focus is on what is called so: a person without a mouse. @throws Error when it never is */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  const seen: string[] = [];
  for (let stop = 0; stop < mostStops; stop++) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      const named = [
        element?.getAttribute('aria-label'),
        ...labels.map((label) => label.textContent),
        // A slider's thumb is named by its slider.
        ...(element?.getAttribute('aria-labelledby') ?? '')
          .split(' ')
          .map((id) => document.getElementById(id)?.getAttribute('aria-label')),
        element?.textContent,
      ];
      return named.filter((text) => text != null && text !== '').join(' | ');
    });
    if (name.test(here)) return;
    seen.push(here);
  }
  throw new Error(`The focus never reached ${String(name)}; it was on ${[...new Set(seen)].join('; ')}`);
}
