import type { Page } from 'playwright-core';

/** Frames while one kind of wheel turns, one event for each frame. */
export function turnWheel(page: Page, kind: 'zoom' | 'time' | 'tracks', milliseconds: number) {
  return page.evaluate(
    async ([what, length]) => {
      const area = document.querySelector<HTMLElement>('.studio-scroll')!;
      const box = area.getBoundingClientRect();
      const gaps: number[] = [];
      const begun = performance.now();
      let last = begun;
      let frame = 0;
      while (last - begun < length) {
        const phase = Math.floor(frame / 60) % 2 === 0 ? -1 : 1;
        const at = { clientX: box.left + 272 + (box.width - 272) / 2, clientY: box.top + 100 };
        const options = { bubbles: true, cancelable: true, ...at };
        if (what === 'zoom') {
          area.dispatchEvent(new WheelEvent('wheel', { ...options, deltaY: phase * 60, ctrlKey: true }));
        } else if (what === 'time') {
          area.dispatchEvent(new WheelEvent('wheel', { ...options, deltaX: -phase * 40 }));
        } else area.scrollTop += -phase * 40;
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
        gaps.push(now - last);
        last = now;
        frame++;
      }
      const sorted = gaps.slice(1).sort((a, b) => a - b);
      return {
        framesPerSecond: (1000 * sorted.length) / sorted.reduce((sum, gap) => sum + gap, 0),
        median: sorted[Math.floor(sorted.length / 2)]!,
        longest: sorted.at(-1)!,
      };
    },
    [kind, milliseconds] as const,
  );
}

/** What this machine shows at most: an empty page that asks for frames. */
export async function framesOfEmptyPage(page: Page): Promise<number> {
  await page.goto('about:blank');
  return await page.evaluate(async () => {
    const begun = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    let now = begun;
    let frames = 0;
    for (; now - begun < 2000; frames++)
      now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    return (1000 * frames) / (now - begun);
  });
}
