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
export async function recordingPage(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
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

/**
 * What was recorded, laid against the song where it fits.
 * @returns seconds that were heard, and the largest difference to the song in them
 */
export async function recording(
  page: Page,
  song: Float32Array,
  sampleRate: number,
): Promise<{ played: number; peakError: number }> {
  const samples = await page.evaluate(() => {
    const blocks = (globalThis as unknown as Recorder).recorded;
    return blocks.flatMap((block) => [...block]);
  });
  const first = samples.findIndex((sample) => sample !== 0);
  // A machine under load may miss the very beginning; what follows must still be the song to the sample.
  const errorAt = (lag: number) => {
    let worst = 0;
    for (let at = 0; at < probe && worst < 0.01; at++) {
      worst = Math.max(worst, Math.abs(samples[first + at]! - song[lag + at]!));
    }
    return worst;
  };
  const lags = Array.from({ length: sampleRate / 2 }, (_, lag) => lag);
  const songFirst = lags.reduce((best, lag) => (errorAt(lag) < errorAt(best) ? lag : best), 0);
  // Where it was paused, stretches end one after the other within a block or two.
  const end = samples.findLastIndex((sample) => sample !== 0) - 1024;
  let peakError = 0;
  for (let at = first; at < end; at++) {
    peakError = Math.max(peakError, Math.abs(samples[at]! - song[songFirst + at - first]!));
  }
  return { played: (end - first) / sampleRate, peakError };
}
