import type { Browser, Page } from 'playwright-core';

/** What the page keeps for the test. */
interface Recorder {
  recorded: Float32Array[];
}

/** Keeps every block that reaches it, on the audio thread, so that a busy page misses none. */
const recorderModule = `registerProcessor('recorder', class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
});`;

/**
 * A window of its own that listens to everything that goes to the loudspeakers: whatever is connected to the
 * destination is connected to a recorder, too. Its policy is off, as it forbids the recorder.
 */
export async function recordingPage(
  browser: Browser,
  address: string,
  prepare: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<Page> {
  const context = await browser.newContext({
    bypassCSP: true,
    viewport: { width: 1280, height: 800 },
    colorScheme: 'dark',
    locale: 'en-GB',
  });
  const page = await context.newPage();
  await prepare(page);
  await page.addInitScript((module) => {
    const keeper = globalThis as unknown as Recorder;
    keeper.recorded = [];
    const url = URL.createObjectURL(new Blob([module], { type: 'text/javascript' }));
    // oxlint-disable-next-line typescript/unbound-method
    const connect = AudioNode.prototype.connect as (this: AudioNode, ...to: unknown[]) => unknown;
    AudioNode.prototype.connect = function tapped(this: AudioNode, ...to: unknown[]) {
      if (to[0] === this.context.destination) {
        void this.context.audioWorklet.addModule(url).then(() => {
          const recorder = new AudioWorkletNode(this.context, 'recorder', { numberOfOutputs: 0 });
          recorder.port.addEventListener('message', ({ data }: MessageEvent<Float32Array>) =>
            keeper.recorded.push(data),
          );
          recorder.port.start();
          return connect.call(this, recorder);
        });
      }
      return connect.apply(this, to);
    } as typeof AudioNode.prototype.connect;
  }, recorderModule);
  await page.goto(address);
  return page;
}

/** Samples by which the place in the song is found. */
const probe = 2000;
/** -100 dBFS. */
const tolerance = 1e-5;

interface Recording {
  /** From the first sound to the last, in seconds. */
  readonly played: number;
  /** The longest piece in seconds that is the song, sample by sample. */
  readonly matched: number;
}

/** What was recorded, laid against the song where it fits; a machine under load may miss a moment here and there. */
export async function recording(page: Page, song: Float32Array, sampleRate: number): Promise<Recording> {
  const samples = await page.evaluate(() => {
    const blocks = (globalThis as unknown as Recorder).recorded;
    const sounds = (block: Float32Array) => block.some((sample) => sample !== 0);
    const heard = blocks.slice(blocks.findIndex(sounds), blocks.findLastIndex(sounds) + 1);
    return heard.flatMap((block) => [...block]);
  });
  const first = samples.findIndex((sample) => sample !== 0);
  const end = samples.findLastIndex((sample) => sample !== 0) + 1;
  const fits = (at: number, songAt: number) => Math.abs(samples[at]! - song[songAt]!) < tolerance;
  let matched = 0;
  for (let start = first; start + probe < end; start += probe) {
    const songStart = placeOf(samples.slice(start, start + probe), song);
    if (songStart === null) continue;
    let [from, to] = [start, start];
    while (
      from > first &&
      songStart + from - 1 - start >= 0 &&
      fits(from - 1, songStart + from - 1 - start)
    ) {
      from--;
    }
    while (to < end && songStart + to - start < song.length && fits(to, songStart + to - start)) to++;
    matched = Math.max(matched, to - from);
    start = Math.max(start, to - probe);
  }
  return { played: Math.max(0, end - first) / sampleRate, matched: matched / sampleRate };
}

/** Where a piece lies in the song; `null` when it is not of it, or nothing but silence. */
function placeOf(piece: readonly number[], song: Float32Array): number | null {
  if (piece.every((sample) => Math.abs(sample) < 100 * tolerance)) return null;
  for (let lag = 0; lag + piece.length <= song.length; lag++) {
    if (piece.every((sample, at) => Math.abs(sample - song[lag + at]!) < tolerance)) return lag;
  }
  return null;
}
