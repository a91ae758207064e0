import { useRef, type PointerEvent, type ReactNode } from 'react';
import type { Tags } from '../../main/contracts/tags.ts';
import { player } from '../audio/player.ts';
import { drawSections, sectionRowHeight } from '../canvas/drawSections.ts';
import { drawRuler } from '../canvas/grid.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { useTimelineWheel } from '../canvas/useTimelineWheel.ts';
import { viewport } from '../canvas/viewport.ts';
import { listening } from '../state/listening.ts';
import { texts } from '../texts/texts.ts';
import { SectionList } from './SectionList.tsx';

/** Below it a press is a click. */
const dragPixels = 4;

/** A common time axis over lanes: ruler, playhead, wheel to zoom and scroll, drag on the ruler to loop. */
export const LaneArea = ({ children, tags }: { children: ReactNode; tags: Tags | null }) => {
  const area = useRef<HTMLDivElement>(null);
  const lanes = useRef<HTMLDivElement>(null);
  const sections = tags?.sections ?? [];
  const rows = sections.length > 1 ? sectionRowHeight : 0;

  const ruler = useCanvas(
    (surface) => {
      const element = ruler.current!;
      const loop = player.loop;
      if (loop !== null) {
        surface.context.fillStyle = colour(element, '--accent-faint');
        const left = viewport.toPixel(loop.start);
        surface.context.fillRect(left, 0, viewport.toPixel(loop.end) - left, surface.height);
      }
      const { context, width, height } = surface;
      const ruled = { context, width, height: height - rows };
      drawRuler(ruled, colour(element, '--dim'), colour(element, '--line-strong'));
      if (rows > 0) drawSections(context, element, { top: height - rows, width }, sections);
    },
    [viewport.changed, player.changed],
  );

  const head = useCanvas(
    ({ context, height, width }) => {
      const element = head.current!;
      if (player.playing && listening.follow) viewport.follow(player.position);
      if (player.loop !== null) {
        context.fillStyle = colour(element, '--accent-wash');
        const left = viewport.toPixel(player.loop.start);
        context.fillRect(left, 0, viewport.toPixel(player.loop.end) - left, height);
      }
      const x = viewport.toPixel(player.position);
      if (x < -1 || x > width + 1) return;
      context.fillStyle = colour(element, '--playhead');
      context.fillRect(Math.round(x), 0, 1.5, height);
    },
    [viewport.changed, player.changed],
    () => player.playing,
  );

  useTimelineWheel(lanes, head);

  const secondsAt = ({ clientX }: PointerEvent) =>
    viewport.toSeconds(clientX - head.current!.getBoundingClientRect().left);

  const onRulerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    const element = event.currentTarget;
    const [from, fromX] = [secondsAt(event), event.clientX];
    element.setPointerCapture(event.pointerId);
    let dragged = false;
    const move = (moved: globalThis.PointerEvent) => {
      if (Math.abs(moved.clientX - fromX) < dragPixels) return;
      dragged = true;
      const to = viewport.toSeconds(moved.clientX - element.getBoundingClientRect().left);
      player.loop = { start: Math.max(0, Math.min(from, to)), end: Math.max(from, to) };
      player.changed.emit();
    };
    const up = () => {
      element.removeEventListener('pointermove', move);
      if (dragged) player.setLoop(player.loop);
      else player.seek(from);
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', up, { once: true });
  };

  return (
    <div className="lane-area" ref={area}>
      <div className="lane-ruler">
        <div className="lane-corner">
          {tags?.tempo != null && texts().song.bpm(tags.tempo.bpm)}
          {rows > 0 && <SectionList sections={sections} />}
        </div>
        <canvas
          ref={ruler}
          className="ruler"
          style={{ ['--sections' as string]: `${rows}px` }}
          onPointerDown={onRulerDown}
          onDoubleClick={(event) => {
            const at = viewport.toSeconds(event.clientX - event.currentTarget.getBoundingClientRect().left);
            const section = sections.find(({ start, end }) => at >= start && at < end);
            if (section !== undefined) player.setLoop({ start: section.start, end: section.end });
          }}
          aria-hidden="true"
        />
      </div>
      <div
        className="lanes"
        ref={lanes}
        role="group"
        aria-label={texts().song.timeline}
        onPointerDown={(event) => {
          if ((event.target as Element).closest('.lane-wave') !== null) player.seek(secondsAt(event));
        }}
      >
        {children}
        <canvas ref={head} className="playhead" aria-hidden="true" />
      </div>
    </div>
  );
};
