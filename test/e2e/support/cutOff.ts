import type { Page } from 'playwright-core';

/**
 * What a user cannot get at: the page itself scrolls sideways, controls that lie outside of the window where nothing scrolls them
 * into it, and buttons or headings whose text is cut without a sign of it.
 */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth) found.push(`the page is ${root.scrollWidth - innerWidth} px too wide`);
    const scrolls = (element: Element, axis: 'X' | 'Y') => {
      for (let at = element.parentElement; at !== null; at = at.parentElement) {
        if (/auto|scroll/.test(getComputedStyle(at)[`overflow${axis}`])) return true;
      }
      return false;
    };
    const nameOf = (element: Element) =>
      (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40) ||
      element.className;
    for (const element of document.querySelectorAll('button, a, input, select, h2, h3, [role="slider"]')) {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
      // Hidden for the eye, there for screen readers.
      if (element.closest('.visually-hidden, [data-rac-hidden], .skip') !== null) continue;
      const box = element.getBoundingClientRect();
      if (box.width <= 1 || box.height <= 1) continue;
      const wide = box.right > innerWidth + 1 || box.left < -1;
      const high = box.bottom > innerHeight + 1 || box.top < -1;
      if ((wide && !scrolls(element, 'X')) || (high && !scrolls(element, 'Y'))) {
        found.push(`${nameOf(element)} at ${Math.round(box.left)}, ${Math.round(box.top)}`);
      }
      const { overflowX, textOverflow } = getComputedStyle(element);
      const hides = overflowX === 'hidden' || overflowX === 'clip';
      if (hides && textOverflow !== 'ellipsis' && element.scrollWidth > element.clientWidth + 1) {
        found.push(`${nameOf(element)} is cut`);
      }
    }
    return [...new Set(found)];
  });
