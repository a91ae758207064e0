import { useEffect, useRef, type MouseEvent } from 'react';
import { drawSections } from '../canvas/drawSections.ts';
import { clock, drawRuler } from '../canvas/grid.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
import { SectionList } from '../parts/SectionList.tsx';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { barLines, tempoText } from './hostGrid.ts';
import { live } from './live.ts';
import { studioActions } from './studioActions.ts';
import { formOf } from './trackTags.ts';

const rowHeight = 20;
const leastBarTextPixels = 58;
const framesPerSecond = 15;

/** Where the host is; written past the framework, many times a second. */
export const HostClockText = () => {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const show = () => {
      const { clock: host } = live;
      const t = texts().studio;
      const place = host?.bar == null ? '' : ` · ${t.bar(host.bar, host.beat ?? 1)}`;
      const tempo = host?.bpm == null ? '' : ` · ${t.bpm(host.bpm)}`;
      const { loop } = live;
      const loops = loop === null ? '' : ` · ${t.loop(clock(loop.start, 1), clock(loop.end, 1))}`;
      const text = host === null ? t.noClock : `${clock(live.position, 1)}${place}${tempo}${loops}`;
      if (element.current !== null && element.current.textContent !== text)
        element.current.textContent = text;
    };
    show();
    const timer = setInterval(show, 1000 / framesPerSecond);
    return () => clearInterval(timer);
  }, []);
  return (
    <span ref={element} className="studio-clock" role="timer" aria-label={texts().studio.hostPosition} />
  );
};

/** The host's bars with its tempo and meter, seconds, markers, and the sections that were heard. A double click in the markers' row sets a marker. */
export const StudioRuler = () => {
  const t = texts().studio;
  const form = useStore(({ songs }) => formOf(songs ?? []));
  const sections = form?.tags?.sections ?? [];
  const offset = form?.origin == null ? 0 : form.origin.startFrame / form.origin.sampleRate;
  const markersEnd = 3 * rowHeight;
  const ruler = useCanvas(
    ({ context, width, height }) => {
      const element = ruler.current!;
      const [text, line, accent] = [
        colour(element, '--dim'),
        colour(element, '--line-strong'),
        colour(element, '--accent'),
      ];
      const strong = colour(element, '--text');
      context.save();
      context.beginPath();
      context.rect(0, rowHeight, width, rowHeight);
      context.clip();
      context.translate(0, rowHeight);
      drawRuler({ context, width, height: rowHeight }, text, line);
      context.restore();
      drawBars(context, width, { strong, text, line, panel: colour(element, '--panel') });
      drawMarkers(context, width, height, accent, strong);
      if (form !== null) drawSections(context, element, { top: markersEnd, width }, sections, offset);
    },
    [viewport.changed, live.changed],
  );

  const onDoubleClick = (event: MouseEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const y = event.clientY - box.top;
    if (y < 2 * rowHeight || y > markersEnd) return;
    void studioActions.addMarker(viewport.toSeconds(event.clientX - box.left));
  };

  return (
    <div className="lane-ruler">
      <div className="studio-corner">
        <span>{t.bars}</span>
        <span>{t.time}</span>
        <span>{t.markers}</span>
        {form !== null && <span>{t.sections}</span>}
        {form !== null && <SectionList sections={sections} offset={offset} />}
      </div>
      <canvas
        ref={ruler}
        className="studio-ruler-canvas"
        style={{ ['--rows' as string]: `${markersEnd + (form === null ? 0 : rowHeight)}px` }}
        aria-hidden="true"
        onDoubleClick={onDoubleClick}
      />
    </div>
  );
};

function drawBars(
  context: CanvasRenderingContext2D,
  width: number,
  { strong, text, line, panel }: Readonly<Record<'strong' | 'text' | 'line' | 'panel', string>>,
): void {
  const { tempo, sampleRate } = live.studio ?? { tempo: [], sampleRate: 48_000 };
  context.font = '11px system-ui, sans-serif';
  context.textBaseline = 'middle';
  const to = viewport.toSeconds(width);
  for (const { seconds, bar } of barLines(
    tempo,
    sampleRate,
    viewport.start,
    to,
    width / leastBarTextPixels,
  )) {
    const x = Math.round(viewport.toPixel(seconds));
    context.fillStyle = line;
    context.fillRect(x, rowHeight - 9, 1, 9);
    context.fillStyle = strong;
    context.fillText(String(bar), x + 5, rowHeight / 2);
  }
  let free = -Infinity;
  for (const point of tempo) {
    const x = viewport.toPixel(point.sample / sampleRate);
    if (x < 0 || x > width || x < free) continue;
    const label = tempoText(point);
    const labelWidth = context.measureText(label).width;
    context.fillStyle = panel;
    context.fillRect(x + 22, 0, labelWidth + 12, rowHeight);
    context.fillStyle = text;
    context.fillText(label, x + 28, rowHeight / 2);
    free = x + labelWidth + 60;
  }
}

function drawMarkers(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  accent: string,
  text: string,
): void {
  const { markers, sampleRate } = live.studio ?? { markers: [], sampleRate: 48_000 };
  context.font = '600 11px system-ui, sans-serif';
  for (const { frame, name } of markers) {
    const x = Math.round(viewport.toPixel(frame / sampleRate));
    if (x < -200 || x > width) continue;
    context.fillStyle = accent;
    context.fillRect(x, 2 * rowHeight + 3, 2, height - 2 * rowHeight - 3);
    context.beginPath();
    context.moveTo(x, 2 * rowHeight + 3);
    context.lineTo(x + 9, 2 * rowHeight + 8);
    context.lineTo(x, 2 * rowHeight + 13);
    context.fill();
    context.fillStyle = text;
    context.fillText(name, x + 13, 2.5 * rowHeight);
  }
}
