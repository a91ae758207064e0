import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

const folder = join(import.meta.dirname, '..', 'baselines');
/** Width to which pictures are made smaller before they are kept and compared: layout and colours, not letters. */
const smallWidth = 192;
/** Picture elements of a block whose means are compared. */
const block = 12;
/** Of 255: another version of the browser draws edges elsewhere; another layout is far beyond. */
const tolerance = { mean: 6, block: 40 };

interface Difference {
  /** Mean absolute difference of all channels. */
  readonly mean: number;
  /** Of the blocks, the one that differs most. */
  readonly block: number;
}

/** What is fetched and drawn on the way may come late on a busy machine. */
const patienceMs = 60_000;
const pauseMs = 500;

/**
 * Compares the window with the small picture that is kept of it until they are alike, and makes one where there is
 * none or when UPDATE_BASELINES is set, once the window has come to rest.
 * @returns what is different beyond the tolerance, or `null`
 */
export async function pictureDiffers(page: Page, name: string): Promise<string | null> {
  const path = join(folder, `${name}.png`);
  if (process.env['UPDATE_BASELINES'] || !existsSync(path)) {
    if (process.env['CI'] === 'true') return `${name}: there is no baseline`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await smaller(page, await calmShot(page)));
    return null;
  }
  const kept = await readFile(path);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { mean, block: worst } = await difference(page, await smaller(page, await shoot(page)), kept);
    if (mean <= tolerance.mean && worst <= tolerance.block) return null;
    if (performance.now() > deadline) {
      return `${name}: differs by ${mean.toFixed(1)} in the mean, by ${worst.toFixed(1)} in one block`;
    }
    await sleep(pauseMs);
  }
}

const shoot = (page: Page): Promise<Buffer> => page.screenshot({ animations: 'disabled', caret: 'hide' });

/** A picture that is the same some seconds later. */
async function calmShot(page: Page): Promise<Buffer> {
  for (let before = await shoot(page); ;) {
    await sleep(6 * pauseMs);
    const shot = await shoot(page);
    if (shot.equals(before)) return shot;
    before = shot;
  }
}

/** The browser itself is the decoder; a page of its own, as the window's policy would forbid it there. */
async function inBlankPage<Result>(page: Page, work: (blank: Page) => Promise<Result>): Promise<Result> {
  const blank = await page.context().browser()!.newPage();
  try {
    return await work(blank);
  } finally {
    await blank.close();
  }
}

const smaller = (page: Page, png: Buffer): Promise<Buffer> =>
  inBlankPage(page, async (blank) => {
    const text = await blank.evaluate(
      async ([data, width]) => {
        const bytes = await (await fetch(`data:image/png;base64,${data}`)).blob();
        const { width: from, height } = await createImageBitmap(bytes);
        const size = { resizeWidth: width, resizeHeight: Math.round((height * width) / from) };
        const image = await createImageBitmap(bytes, { ...size, resizeQuality: 'high' });
        const canvas = new OffscreenCanvas(image.width, image.height);
        canvas.getContext('2d')!.drawImage(image, 0, 0);
        const small = await canvas.convertToBlob({ type: 'image/png' });
        const out = new Uint8Array(await small.arrayBuffer());
        return btoa(String.fromCharCode(...out));
      },
      [png.toString('base64'), smallWidth] as const,
    );
    return Buffer.from(text, 'base64');
  });

const difference = (page: Page, a: Buffer, b: Buffer): Promise<Difference> =>
  inBlankPage(page, (blank) =>
    blank.evaluate(
      async ([first, second, side]) => {
        const pixels = async (data: string) => {
          const bytes = await (await fetch(`data:image/png;base64,${data}`)).blob();
          const image = await createImageBitmap(bytes);
          const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
          context.drawImage(image, 0, 0);
          return context.getImageData(0, 0, image.width, image.height);
        };
        const [one, two] = [await pixels(first), await pixels(second)];
        if (one.width !== two.width || one.height !== two.height) return { mean: 255, block: 255 };
        let total = 0;
        const blocks = new Map<string, { sums: number[]; count: number }>();
        for (let at = 0; at < one.data.length; at += 4) {
          const pixel = at / 4;
          const x = Math.floor((pixel % one.width) / side);
          const y = Math.floor(Math.floor(pixel / one.width) / side);
          const cell = blocks.get(`${x} ${y}`) ?? { sums: [0, 0, 0], count: 0 };
          for (let channel = 0; channel < 3; channel++) {
            const change = one.data[at + channel]! - two.data[at + channel]!;
            total += Math.abs(change);
            // Signed: an edge that moves by less than a block cancels out.
            cell.sums[channel] = cell.sums[channel]! + change;
          }
          cell.count++;
          blocks.set(`${x} ${y}`, cell);
        }
        const worst = Math.max(
          ...[...blocks.values()].flatMap(({ sums, count }) => sums.map((sum) => Math.abs(sum) / count)),
        );
        return { mean: total / ((one.data.length / 4) * 3), block: worst };
      },
      [a.toString('base64'), b.toString('base64'), block] as const,
    ),
  );
