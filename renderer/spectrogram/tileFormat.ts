import type { Medium } from '../../main/contracts/desk.ts';
import type { ColourMapName } from './colourMap.ts';

/** Columns of a tile, in pixels of the screen. */
export const tileColumns = 256;

/** What a picture of a medium shows, wherever it is scrolled to. */
export interface PictureOptions {
  /** Pixels of the screen. */
  readonly rows: number;
  /** Lower edge of the bottom row and upper edge of the top one; rows are equal steps of pitch. */
  readonly lowHz: number;
  readonly highHz: number;
  readonly colours: ColourMapName;
  /** What matters more where one has to choose. */
  readonly detail: 'pitch' | 'time';
}

/** A piece of a spectrogram, for the worker. */
export interface TileRequest extends PictureOptions {
  readonly key: string;
  readonly medium: Medium;
  readonly url: string;
  readonly sampleRate: number;
  readonly framesPerColumn: number;
  /** Counts tiles from the start of the medium. */
  readonly tile: number;
  readonly columns: number;
}

/** The worker's answer; without a picture the tile was given up for newer ones. */
export interface TileAnswer {
  readonly key: string;
  readonly picture: ImageBitmap | null;
}

export const framesOfColumn = ({ tile, framesPerColumn }: TileRequest, column: number): number =>
  (tile * tileColumns + column) * framesPerColumn;

/** Zoom levels are powers of two, at least as fine as the screen: what is drawn is made smaller, never blurred. */
export function columnFrames(framesPerPixel: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(framesPerPixel) + 1e-6));
}
