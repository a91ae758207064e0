import type { DeskNote, Medium } from '../../main/contracts/desk.ts';
import type { Tags } from '../../main/contracts/tags.ts';
import { drawGrid } from '../canvas/grid.ts';
import { isBlackKey } from '../canvas/noteLayout.ts';
import { colour, type Surface } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
import type { ColourMapName } from '../spectrogram/colourMap.ts';
import { drawSpectrogram } from '../spectrogram/spectrograms.ts';
import { noteFill, type NoteColouring } from './noteColours.ts';
import { rowOf, type RowLayout } from './rows.ts';

/** Height of the strip of velocities under the notes. */
export const velocityHeight = 60;
/** Wider gaps between rows would waste the little height that there is. */
const noteGap = 1;

export interface RollPicture {
  readonly notes: readonly DeskNote[];
  readonly layout: RowLayout;
  readonly chosen: ReadonlySet<string>;
  readonly colouring: NoteColouring;
  readonly colourOf: (stem: string) => string;
  readonly tags: Tags | null;
  /** Behind the notes; `null` for none. */
  readonly medium: Medium | null;
  readonly colours: ColourMapName;
  /** Being drawn with the pointer, in seconds and shares of the height. */
  readonly frame: {
    readonly from: number;
    readonly to: number;
    readonly top: number;
    readonly bottom: number;
  } | null;
}

const hertzOf = (pitch: number) => 440 * 2 ** ((pitch - 69) / 12);

/** The roll and, under it, the velocities. */
export function drawRoll(surface: Surface, element: HTMLCanvasElement, picture: RollPicture): void {
  const { context, width, height } = surface;
  const rollHeight = height - velocityHeight;
  const { layout, tags, medium } = picture;
  if (medium !== null && layout.range !== null) {
    const { lowest, highest } = layout.range;
    drawSpectrogram({ context, width, height: layout.melodic * rollHeight }, medium, {
      rows: Math.ceil((layout.melodic * rollHeight * devicePixelRatio) / 32) * 32,
      lowHz: hertzOf(lowest - 0.5),
      highHz: hertzOf(highest + 0.5),
      colours: picture.colours,
      detail: 'pitch',
    });
  }
  drawRows(surface, element, layout, rollHeight, medium !== null);
  const lines = [colour(element, '--grid'), colour(element, '--grid-strong')] as const;
  drawGrid({ context, width, height: rollHeight }, tags, ...lines);
  const edge = colour(element, '--note-edge');
  const ring = colour(element, '--text');
  for (const note of picture.notes) {
    const row = rowOf(layout, note);
    const left = viewport.toPixel(note.onset);
    const right = viewport.toPixel(note.offset);
    if (row === null || right < 0 || left > width) continue;
    const isChosen = picture.chosen.has(note.id);
    const { fill, alpha } = noteFill(note, picture.colouring, picture.colourOf(note.stem));
    const rowHeight = row.height * rollHeight;
    const box = [
      left,
      row.top * rollHeight + noteGap / 2,
      Math.max(3, right - left - 1),
      rowHeight - noteGap,
    ] as const;
    context.beginPath();
    context.roundRect(...box, Math.min(3, rowHeight / 3));
    // The edge sets notes off from the spectrogram behind them, and from each other.
    context.fillStyle = edge;
    context.fill();
    context.globalAlpha = alpha;
    context.fillStyle = fill;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = isChosen ? ring : edge;
    context.lineWidth = isChosen ? 2 : 1;
    context.stroke();
  }
  drawVelocities(surface, element, picture, rollHeight);
  if (picture.frame !== null) {
    const { from, to, top, bottom } = picture.frame;
    const left = viewport.toPixel(from);
    const box = [left, top * rollHeight, viewport.toPixel(to) - left, (bottom - top) * rollHeight] as const;
    context.fillStyle = colour(element, '--accent-faint');
    context.fillRect(...box);
    context.strokeStyle = colour(element, '--accent');
    context.lineWidth = 1;
    context.strokeRect(...box);
  }
}

function drawRows(
  { context, width }: Surface,
  element: HTMLCanvasElement,
  layout: RowLayout,
  height: number,
  overPicture: boolean,
): void {
  const [black, line] = [colour(element, '--row-black'), colour(element, '--grid-strong')];
  for (const [index, row] of layout.rows.entries()) {
    const dark = row.isDrum ? index % 2 === 1 : isBlackKey(row.pitch);
    context.fillStyle = black;
    if (dark && (row.isDrum || !overPicture)) {
      context.fillRect(0, row.top * height, width, row.height * height);
    }
    const octave = !row.isDrum && row.pitch % 12 === 0;
    const firstDrum = row.isDrum && layout.rows[index - 1]?.isDrum === false;
    context.fillStyle = line;
    if (octave) context.fillRect(0, Math.round((row.top + row.height) * height), width, 1);
    if (firstDrum) context.fillRect(0, Math.round(row.top * height) - 1, width, 2);
  }
}

function drawVelocities(
  { context, width, height }: Surface,
  element: HTMLCanvasElement,
  picture: RollPicture,
  from: number,
): void {
  context.fillStyle = colour(element, '--panel');
  context.fillRect(0, from, width, height - from);
  context.fillStyle = colour(element, '--line-strong');
  context.fillRect(0, from, width, 1);
  const room = height - from - 10;
  const ring = colour(element, '--text');
  for (const note of picture.notes) {
    const x = viewport.toPixel(note.onset);
    if (x < -4 || x > width + 4) continue;
    const isChosen = picture.chosen.has(note.id);
    const top = height - 2 - (note.velocity / 127) * room;
    const { fill } = noteFill(note, picture.colouring, picture.colourOf(note.stem));
    context.globalAlpha = isChosen || picture.chosen.size === 0 ? 1 : 0.45;
    context.fillStyle = isChosen ? ring : fill;
    context.fillRect(x, top, 2, height - 2 - top);
    context.beginPath();
    context.arc(x + 1, top, isChosen ? 4 : 3, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Keys of a piano and names of drums, beside the roll. */
export function drawKeys(
  surface: Surface,
  element: HTMLCanvasElement,
  { rows }: RowLayout,
  velocity: string,
): void {
  const { context, width, height } = surface;
  const rollHeight = height - velocityHeight;
  const [dim, text, line] = [colour(element, '--dim'), colour(element, '--text'), colour(element, '--line')];
  const [white, black] = [colour(element, '--key-white'), colour(element, '--key-black')];
  const keyWidth = 40;
  context.textBaseline = 'middle';
  for (const row of rows) {
    const [top, rowHeight] = [row.top * rollHeight, row.height * rollHeight];
    const middle = top + rowHeight / 2 + 0.5;
    context.font = `${Math.max(8, Math.min(11, rowHeight))}px 'Inter Variable', system-ui, sans-serif`;
    context.textAlign = 'right';
    if (row.isDrum) {
      context.fillStyle = text;
      context.fillText(row.label, width - 7, middle, width - 8);
      context.fillStyle = line;
      context.fillRect(0, Math.round(top), width, 1);
      continue;
    }
    context.fillStyle = white;
    context.fillRect(width - keyWidth, top, keyWidth, rowHeight);
    if (isBlackKey(row.pitch)) {
      context.fillStyle = black;
      context.fillRect(width - keyWidth, top, keyWidth * 0.6, rowHeight);
    } else if (row.pitch % 12 === 0 || row.pitch % 12 === 5) {
      context.fillStyle = dim;
      context.fillRect(width - keyWidth, Math.round(top + rowHeight) - 0.5, keyWidth, 0.5);
    }
    if (row.pitch % 12 === 0) {
      context.fillStyle = text;
      context.fillText(row.label, width - keyWidth - 6, middle);
    }
  }
  context.fillStyle = colour(element, '--line-strong');
  context.fillRect(0, rollHeight, width, 1);
  context.font = "11px 'Inter Variable', system-ui, sans-serif";
  context.textAlign = 'right';
  context.fillStyle = dim;
  context.fillText(velocity, width - 7, rollHeight + velocityHeight / 2);
}
