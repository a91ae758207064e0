import { describe, expect, it } from 'vitest';
import { analyseTile, ceilingDb, floorDb, windowFor } from './analysis.ts';
import { colourTable } from './colourMap.ts';
import { columnFrames, tileColumns, type TileRequest } from './tileFormat.ts';

const sampleRate = 48_000;
const request: TileRequest = {
  key: '',
  url: '',
  medium: { id: 'a', sampleRate, channels: 2, frames: 1e6, dataStart: 0, peaks: null },
  sampleRate,
  framesPerColumn: 512,
  tile: 0,
  columns: 20,
  rows: 120,
  lowHz: 55,
  highHz: 14_080,
  colours: 'darkLanes',
  detail: 'time',
};
/** Eight octaves over the rows. */
const hertzOfRow = (row: number) => 55 * 2 ** ((8 * (request.rows - 1 - row + 0.5)) / request.rows);

async function columnOf(hertz: number, amplitude: number, framesPerColumn = 512): Promise<number[]> {
  const read = (start: number, count: number) => {
    const plane = Float32Array.from(
      { length: count },
      (_, at) => amplitude * Math.sin((2 * Math.PI * hertz * (start + at)) / sampleRate),
    );
    return Promise.resolve([plane, plane]);
  };
  const picture = await analyseTile({ ...request, framesPerColumn }, read);
  return Array.from({ length: request.rows }, (_, row) => picture[row * request.columns + 10]!);
}
const decibelsOf = (level: number) => floorDb + (level / 255) * (ceilingDb - floorDb);

describe('a spectrogram', () => {
  it.each([110, 440, 1000, 5000])('shows a tone of %d Hz in its row, at its level', async (hertz) => {
    const column = await columnOf(hertz, 0.05);
    const loudest = Math.max(...column);
    const row = column.indexOf(loudest);
    expect(Math.abs(12 * Math.log2(hertzOfRow(row) / hertz))).toBeLessThan(1.2);
    expect(Math.abs(decibelsOf(loudest) - 20 * Math.log10(0.05))).toBeLessThan(1.5);
  });

  it('looks the same from afar, where only a part of the audio is fetched', async () => {
    const [near, far] = [await columnOf(1000, 0.1), await columnOf(1000, 0.1, 65_536)];
    expect(Math.abs(Math.max(...near) - Math.max(...far))).toBeLessThan(6);
  });

  it('is empty in silence', async () => expect(Math.max(...(await columnOf(1000, 0)))).toBe(0));

  it('has columns at least as fine as the screen, and windows that fit them', () => {
    expect([0.3, 1, 3, 4, 1000].map(columnFrames)).toEqual([1, 1, 2, 4, 512]);
    expect(windowFor(1024, 48_000, 'time')).toBe(4096);
    expect(windowFor(1024, 48_000, 'pitch')).toBe(8192);
    expect(windowFor(8, 48_000, 'time')).toBe(1024);
    expect(tileColumns).toBe(256);
  });

  it('grows lighter with the level on a dark window, darker on a light one', () => {
    const lights = (name: 'darkLanes' | 'lightLanes') =>
      [0, 64, 128, 192, 255].map((step) => {
        const [red = 0, green = 0, blue = 0] = colourTable(name).subarray(4 * step);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      });
    expect(lights('darkLanes').toSorted((a, b) => a - b)).toEqual(lights('darkLanes'));
    expect(lights('lightLanes').toSorted((a, b) => b - a)).toEqual(lights('lightLanes'));
  });
});
