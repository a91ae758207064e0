import type { Medium } from '../../main/contracts/desk.ts';
import { RecentlyUsed } from '../canvas/recentlyUsed.ts';
import type { Surface } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
import { mediumUrl } from '../connection.ts';
import { Emitter } from '../state/emitter.ts';
import {
  columnFrames,
  tileColumns,
  type PictureOptions,
  type TileAnswer,
  type TileRequest,
} from './tileFormat.ts';
// The default export is made by the bundler.
// oxlint-disable-next-line import/default
import SpectrogramWorker from './spectrogram.worker.ts?worker';

/** Pictures that are kept, in bytes; those not seen for longest go first. */
const mostBytes = 160 * 2 ** 20;
/** So many times coarser may a picture be that stands in for one that is being computed. */
const coarsest = 64;

/** Told when more can be drawn. */
export const spectrogramsChanged = new Emitter();

/** Computed tiles, and those under way. */
const tiles = new RecentlyUsed<ImageBitmap>(mostBytes, (unseen) => unseen.close());
const underWay = new Set<string>();
let worker: Worker | null = null;

function ask(request: TileRequest): void {
  if (worker === null) {
    worker = new SpectrogramWorker();
    worker.addEventListener('message', ({ data }: MessageEvent<TileAnswer>) => {
      underWay.delete(data.key);
      // What was given up is asked for again when it is drawn next; telling now would go round and round.
      if (data.picture === null) return;
      tiles.set(data.key, data.picture, 4 * data.picture.width * data.picture.height);
      spectrogramsChanged.emit();
    });
  }
  underWay.add(request.key);
  worker.postMessage(request);
}

/** Draws the part of a medium's spectrogram that is in view; what is missing is computed, and told when it is there. */
export function drawSpectrogram(surface: Surface, medium: Medium, options: PictureOptions): void {
  const { context, width, height } = surface;
  const { sampleRate } = medium;
  const perPixel = (viewport.secondsPerPixel * sampleRate) / devicePixelRatio;
  const framesPerColumn = columnFrames(perPixel);
  const tileFrames = framesPerColumn * tileColumns;
  const first = Math.max(0, Math.floor((viewport.start * sampleRate) / tileFrames));
  const end = Math.min(medium.frames, viewport.toSeconds(width) * sampleRate);
  const look = `${medium.id} ${options.rows} ${options.lowHz} ${options.highHz} ${options.colours}`;
  context.imageSmoothingQuality = 'high';
  for (let tile = first; tile * tileFrames < end; tile++) {
    const key = `${look} ${framesPerColumn} ${tile}`;
    const startFrame = tile * tileFrames;
    const columns = Math.min(tileColumns, Math.ceil((medium.frames - startFrame) / framesPerColumn));
    const left = viewport.toPixel(startFrame / sampleRate);
    const right = viewport.toPixel((startFrame + columns * framesPerColumn) / sampleRate);
    const picture = tiles.get(key);
    if (picture !== undefined) {
      // A hair wider, so that no seam shows between tiles.
      context.drawImage(picture, left, 0, right - left + 0.3, height);
      continue;
    }
    if (!underWay.has(key)) {
      const url = mediumUrl(medium.id);
      ask({ ...options, key, medium, url, sampleRate, framesPerColumn, tile, columns });
    }
    standIn(surface, look, { tile, framesPerColumn, left, right });
  }
}

/** A coarser picture of the same stretch, where there is one. */
function standIn(
  { context, height }: Surface,
  look: string,
  missing: { tile: number; framesPerColumn: number; left: number; right: number },
): void {
  for (let times = 2; times <= coarsest; times *= 2) {
    const tile = Math.floor(missing.tile / times);
    const picture = tiles.get(`${look} ${missing.framesPerColumn * times} ${tile}`);
    if (picture === undefined) continue;
    const from = ((missing.tile - tile * times) * tileColumns) / times;
    const count = Math.min(tileColumns / times, picture.width - from);
    if (count <= 0) return;
    const wide = ((missing.right - missing.left) * count * times) / tileColumns;
    context.drawImage(picture, from, 0, count, picture.height, missing.left, 0, wide, height);
    return;
  }
}
