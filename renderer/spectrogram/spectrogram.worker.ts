import { deinterleave } from '../audio/deinterleave.ts';
import { analyseTile, type ReadFrames } from './analysis.ts';
import { colourTable } from './colourMap.ts';
import type { TileAnswer, TileRequest } from './tileFormat.ts';

/** More than fit on a large screen; older ones have been scrolled past. */
const mostWaiting = 160;

const port = globalThis as unknown as {
  postMessage(answer: TileAnswer, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<TileRequest>) => void): void;
};

/** The latest first: it is what is looked at now. */
const waiting: TileRequest[] = [];
let working = false;

port.addEventListener('message', ({ data }) => {
  waiting.push(data);
  while (waiting.length > mostWaiting) answer(waiting.shift()!.key, null);
  if (!working) void work();
});

function answer(key: string, picture: ImageBitmap | null): void {
  port.postMessage({ key, picture }, picture === null ? [] : [picture]);
}

async function work(): Promise<void> {
  working = true;
  for (let request = waiting.pop(); request !== undefined; request = waiting.pop()) {
    try {
      answer(request.key, await draw(request));
    } catch {
      // The medium is gone or the connection is; the picture is asked for again when it is drawn next.
      answer(request.key, null);
    }
  }
  working = false;
}

async function draw(request: TileRequest): Promise<ImageBitmap> {
  const { rows, columns, colours } = request;
  const levels = await analyseTile(request, reader(request));
  const table = new Uint32Array(colourTable(colours).buffer);
  const pixels = new Uint32Array(rows * columns);
  for (let at = 0; at < pixels.length; at++) pixels[at] = table[levels[at]!]!;
  return await createImageBitmap(new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows));
}

const reader =
  ({ medium, url }: TileRequest): ReadFrames =>
  async (start, count) => {
    const frames = Math.min(count, medium.frames - start);
    if (frames <= 0) return [];
    const frameBytes = 4 * medium.channels;
    const from = medium.dataStart + start * frameBytes;
    const response = await fetch(url, {
      headers: { range: `bytes=${from}-${from + frames * frameBytes - 1}` },
    });
    if (response.status !== 206) throw new Error(`A medium answered ${response.status}.`);
    return deinterleave(new Float32Array(await response.arrayBuffer()), medium.channels);
  };
