import { useEffect, useMemo, useRef, useState } from 'react';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { useTimelineWheel } from '../canvas/useTimelineWheel.ts';
import { viewport } from '../canvas/viewport.ts';
import { peaksChanged } from '../canvas/peaks.ts';
import { Emitter } from '../state/emitter.ts';
import { texts } from '../texts/texts.ts';
import { drawGaps, drawHostGrid, drawRegion, type Band } from './drawTakes.ts';
import { laneHeightFor, placesOf, takeHeight, visible, type LanePlace } from './layout.ts';
import { live, meterFloorDb } from './live.ts';
import { StudioHead } from './StudioHead.tsx';
import { StudioRuler } from './StudioRuler.tsx';
import { useStudio } from './studioState.ts';
import { WavePainter } from './wavePainter.ts';

const scrolled = new Emitter();
const plainColour = '#7f8a9c';
/** Meters stand at the right edge of the heads; the moving canvas begins there. */
const meterWidth = 9;
const meterRoom = 14;

/**
 * The tracks of the DAW on the host's timeline. All lanes share two canvases over the part that is in view: one is drawn
 * when something has changed, the other, with meters and playhead, in every frame while something moves.
 */
export const StudioLanes = () => {
  const t = texts().studio;
  const studio = useStudio((state) => state.studio)!;
  const unfolded = useStudio((state) => state.unfolded);
  const chosen = useStudio((state) => state.chosen);
  const scroller = useRef<HTMLDivElement>(null);
  const painter = useMemo(() => new WavePainter(), []);
  const [laneHeight, setLaneHeight] = useState(laneHeightFor(0, 1));
  const places = useMemo(
    () => placesOf(studio.tracks, unfolded, laneHeight),
    [studio.tracks, unfolded, laneHeight],
  );
  const count = studio.tracks.length;
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const resized = new ResizeObserver(() => setLaneHeight(laneHeightFor(element.clientHeight, count)));
    resized.observe(element);
    return () => resized.disconnect();
  }, [count]);
  const inView = (height: number) => {
    const top = scroller.current?.scrollTop ?? 0;
    return { top, lanes: visible(places, top, top + height) };
  };

  const waves = useCanvas(
    ({ context, width, height }) => {
      const element = waves.current!;
      const { top, lanes } = inView(height);
      const [line, strong, bad] = [
        colour(element, '--grid'),
        colour(element, '--grid-strong'),
        colour(element, '--bad'),
      ];
      const edge = colour(element, '--line');
      drawHostGrid(context, { top: 0, height, width }, studio.tempo, studio.sampleRate, line, strong);
      painter.begin(width, height, window.devicePixelRatio);
      for (const lane of lanes) drawLane(context, painter, width, lane.top - top, lane, bad, edge);
      painter.flush(context, width, height);
    },
    [viewport.changed, peaksChanged, live.changed, scrolled],
  );

  const moving = useCanvas(
    ({ context, width, height }) => {
      const element = moving.current!;
      const { top, lanes } = inView(height);
      const tones = {
        well: colour(element, '--well'),
        good: colour(element, '--good'),
        warm: colour(element, '--warm'),
        bad: colour(element, '--bad'),
      };
      for (const lane of lanes) drawMeter(context, lane.top - top, lane, tones);
      if (live.clock === null) return;
      const { loop } = live;
      if (loop !== null) {
        const [from, to] = [loop.start, loop.end].map((seconds) =>
          Math.max(0, Math.min(width - meterRoom, viewport.toPixel(seconds))),
        ) as [number, number];
        context.fillStyle = colour(element, '--accent-wash');
        context.fillRect(meterRoom + from, 0, to - from, height);
      }
      const x = meterRoom + viewport.toPixel(live.position);
      if (live.playing && follows()) viewport.follow(live.position);
      if (x < meterRoom || x > width) return;
      context.fillStyle = colour(element, '--playhead');
      context.fillRect(Math.round(x), 0, 1.5, height);
    },
    [viewport.changed, live.changed, scrolled],
    () => live.playing || live.sounding,
  );

  useTimelineWheel(scroller, waves);
  useEffect(
    () =>
      live.changed.subscribe(() => {
        if (viewport.duration !== live.duration) viewport.extend(live.duration);
      }),
    [],
  );

  return (
    <div className="lane-area studio-area">
      <StudioRuler />
      <div className="studio-stage">
        <div
          className="studio-scroll"
          style={{ ['--lane' as string]: `${laneHeight}px` }}
          ref={scroller}
          role="group"
          aria-label={t.tracks}
          tabIndex={-1}
          onScroll={() => scrolled.emit()}
        >
          {places.map(({ track, takes }) => (
            <StudioHead
              key={track.id}
              track={track}
              takes={takes}
              isChosen={chosen.has(track.id)}
              isUnfolded={unfolded.has(track.id)}
            />
          ))}
        </div>
        <canvas ref={waves} className="studio-canvas" aria-hidden="true" />
        <canvas ref={moving} className="studio-canvas studio-moving" aria-hidden="true" />
      </div>
    </div>
  );
};

let following = true;
export const follows = (): boolean => following;
export const setFollows = (on: boolean): void => {
  following = on;
};

function drawLane(
  context: CanvasRenderingContext2D,
  painter: WavePainter,
  width: number,
  top: number,
  { track, takes, height, laneHeight }: LanePlace,
  bad: string,
  edge: string,
): void {
  const fill = track.colour ?? plainColour;
  const byId = new Map(track.takes.map((take) => [take.id, take]));
  const band = { top: top + 4, height: laneHeight - 9, width };
  for (const take of track.takes) drawGaps(context, band, take, bad);
  for (const region of track.comp) {
    const take = byId.get(region.takeId);
    if (take === undefined) continue;
    const growing = live.growing.get(take.id);
    // The take that is being captured lies on top and has grown since the engine told of it.
    const ends = region.takeStart + region.frames >= take.frames;
    const grown = take.state === 'recording' && ends ? Math.max(0, (growing?.frames ?? 0) - take.frames) : 0;
    drawRegion(context, painter, band, take, { ...region, frames: region.frames + grown }, growing, fill);
  }
  if (track.comp.length === 0) {
    for (const take of track.takes) drawWhole(context, painter, band, take, fill);
  }
  for (const [row, take] of takes.entries()) {
    const takeBand = { top: top + laneHeight + row * takeHeight + 2, height: takeHeight - 5, width };
    drawGaps(context, takeBand, take, bad);
    drawWhole(context, painter, takeBand, take, plainColour);
    // What of it sounds has the track's colour.
    for (const region of track.comp) {
      if (region.takeId === take.id)
        drawRegion(context, painter, takeBand, take, region, live.growing.get(take.id), fill);
    }
  }
  context.fillStyle = edge;
  context.fillRect(0, top + height - 1, width, 1);
}

function drawWhole(
  context: CanvasRenderingContext2D,
  painter: WavePainter,
  band: Band,
  take: LanePlace['takes'][number],
  fill: string,
): void {
  const growing = live.growing.get(take.id);
  const frames = Math.max(take.frames, growing?.frames ?? 0);
  drawRegion(
    context,
    painter,
    band,
    take,
    { hostStart: take.hostStart, takeStart: 0, frames },
    growing,
    fill,
  );
}

function drawMeter(
  context: CanvasRenderingContext2D,
  top: number,
  { track, laneHeight }: LanePlace,
  tones: Readonly<Record<'well' | 'good' | 'warm' | 'bad', string>>,
): void {
  const levels = live.levelsOf(track.id);
  const [height, base] = [laneHeight - 9, top + laneHeight - 5];
  const count = Math.max(1, Math.min(2, levels.length));
  for (let channel = 0; channel < count; channel++) {
    const width = (meterWidth - (count - 1)) / count;
    const x = channel * (width + 1);
    const level = levels[channel] ?? meterFloorDb;
    const filled = ((level - meterFloorDb) / -meterFloorDb) * height;
    context.fillStyle = tones.well;
    context.fillRect(x, base - height, width, height);
    context.fillStyle = level > -1 ? tones.bad : level > -9 ? tones.warm : tones.good;
    context.fillRect(x, base - filled, width, filled);
  }
}
