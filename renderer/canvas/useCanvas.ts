import { useEffect, useRef, type RefObject } from 'react';
import { appearanceChanged } from '../state/appearance.ts';
import type { Emitter } from '../state/emitter.ts';

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * A canvas that is drawn outside of React: when something it listens to changes, when it is resized, or in every
 * frame while `moving()`; at most once a frame, and only while it is on the screen.
 */
export function useCanvas(
  draw: (surface: Surface) => void,
  emitters: readonly Emitter[],
  moving?: () => boolean,
): RefObject<HTMLCanvasElement | null> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  const isMoving = useRef(moving);
  const redraw = useRef<() => void>(() => undefined);

  useEffect(() => {
    latest.current = draw;
    isMoving.current = moving;
    redraw.current();
  });

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context == null) return undefined;
    let frame: number | null = null;
    let visible = true;
    const paint = () => {
      frame = null;
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0 && height > 0 && visible) {
        const ratio = window.devicePixelRatio;
        const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
        if (element.width !== deviceWidth || element.height !== deviceHeight) {
          element.width = deviceWidth;
          element.height = deviceHeight;
        }
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, width, height);
        latest.current({ context, width, height });
      }
      if (isMoving.current?.() === true) plan();
    };
    const plan = () => {
      frame ??= requestAnimationFrame(paint);
    };
    redraw.current = plan;
    const resized = new ResizeObserver(plan);
    resized.observe(element);
    const seen = new IntersectionObserver(([entry]) => {
      visible = entry?.isIntersecting ?? true;
      if (visible) plan();
    });
    seen.observe(element);
    const stops = [appearanceChanged, ...emitters].map((emitter) => emitter.subscribe(plan));
    plan();
    return () => {
      if (frame !== null) cancelAnimationFrame(frame);
      resized.disconnect();
      seen.disconnect();
      for (const stop of stops) stop();
    };
    // The emitters of a canvas are constants of its module.
    // eslint-disable-next-line
  }, []);
  return canvas;
}

/** A colour of the style sheet. */
export const colour = (element: HTMLCanvasElement, name: string): string =>
  getComputedStyle(element).getPropertyValue(name).trim();
