import { useEffect, type RefObject } from 'react';
import { viewport } from './viewport.ts';

const zoomPerWheel = 1.0018;

/**
 * Wheel over an area: with Ctrl, Cmd or Alt it zooms around the pointer, sideways or with Shift it scrolls in time.
 * @param axis the canvas whose width is the time axis
 */
export function useTimelineWheel(
  area: RefObject<HTMLElement | null>,
  axis: RefObject<HTMLCanvasElement | null>,
): void {
  useEffect(() => {
    const [element, canvas] = [area.current, axis.current];
    if (element === null || canvas === null) return undefined;
    const resized = new ResizeObserver(() => viewport.setWidth(canvas.clientWidth));
    resized.observe(canvas);
    // React's wheel listeners are passive and could not keep the page from scrolling.
    const onWheel = (event: WheelEvent) => {
      const x = event.clientX - canvas.getBoundingClientRect().left;
      if (event.ctrlKey || event.metaKey || event.altKey) viewport.zoom(zoomPerWheel ** event.deltaY, x);
      else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        viewport.scroll(event.deltaX || event.deltaY);
      } else return;
      event.preventDefault();
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      resized.disconnect();
      element.removeEventListener('wheel', onWheel);
    };
  }, [area, axis]);
}
