import type { Tags } from '../../main/contracts/tags.ts';
import { colour } from './useCanvas.ts';
import { viewport } from './viewport.ts';

export const sectionRowHeight = 20;
const tones = ['sky', 'vocals', 'other', 'lilac', 'bass', 'drums'] as const;
const toneOf = (label: string): string => tones[(label.charCodeAt(0) - 65) % tones.length]!;

/** A row of blocks with letters; those that are alike have the same colour. @param offset seconds on the timeline */
export function drawSections(
  context: CanvasRenderingContext2D,
  element: HTMLCanvasElement,
  { top, width }: { readonly top: number; readonly width: number },
  sections: Tags['sections'],
  offset = 0,
): void {
  const text = colour(element, '--text');
  context.font = '600 11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  for (const { start, end, label } of sections) {
    const left = viewport.toPixel(start + offset);
    const right = viewport.toPixel(end + offset) - 1;
    if (right < 0 || left > width) continue;
    const from = Math.max(0, left);
    context.fillStyle = colour(element, `--${toneOf(label)}-faint`);
    context.fillRect(from, top + 2, Math.min(width, right) - from, sectionRowHeight - 4);
    context.fillStyle = colour(element, `--${toneOf(label)}`);
    if (left >= 0) context.fillRect(left, top + 2, 2, sectionRowHeight - 4);
    context.fillStyle = text;
    if (right - from > 14) context.fillText(label, from + 7, top + sectionRowHeight / 2);
  }
}
