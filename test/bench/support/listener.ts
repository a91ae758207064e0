import type { Page } from 'playwright-core';
import type { Heard } from './changeOver.ts';

/** What the page keeps. */
interface Keeper {
  heard: { frame: number; madeAt: number; left: Float32Array; right: Float32Array }[];
  presses: number[];
  context: AudioContext | null;
  clockOffset: number;
}

const module = `registerProcessor('listener', class extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) {
      const [left, right] = [input[0].slice(), (input[1] ?? input[0]).slice()];
      this.port.postMessage({ frame: currentFrame, madeAt: Date.now(), left, right });
    }
    return true;
  }
});`;

/** In the page, before its own scripts. */
function listen(source: string): void {
  const keeper = globalThis as unknown as Keeper;
  Object.assign(keeper, { heard: [], presses: [], context: null });
  // The page's steady clock against the one that the audio thread can read, at the turn of a millisecond.
  const turn = Date.now();
  while (Date.now() === turn);
  keeper.clockOffset = Date.now() - (performance.timeOrigin + performance.now());
  addEventListener(
    'keydown',
    ({ key, timeStamp }) => {
      if (key === 'a') keeper.presses.push(performance.timeOrigin + timeStamp + keeper.clockOffset);
    },
    { capture: true },
  );
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  // oxlint-disable-next-line typescript/unbound-method
  const connect = AudioNode.prototype.connect as (this: AudioNode, ...to: unknown[]) => unknown;
  AudioNode.prototype.connect = function tapped(this: AudioNode, ...to: unknown[]) {
    if (to[0] === this.context.destination) {
      keeper.context = this.context as AudioContext;
      void this.context.audioWorklet.addModule(url).then(() => {
        const node = new AudioWorkletNode(this.context, 'listener', { numberOfOutputs: 0 });
        node.port.addEventListener('message', ({ data }: MessageEvent<Keeper['heard'][number]>) =>
          keeper.heard.push(data),
        );
        node.port.start();
        return connect.call(this, node);
      });
    }
    return connect.apply(this, to);
  } as typeof AudioNode.prototype.connect;
}

/** Listens to the page's whole output from its next load on; its policy must be off. */
export async function listenToPage(page: Page): Promise<void> {
  await page.addInitScript(listen, module);
}

/** What was heard since the last time. */
export async function takeHeard(page: Page): Promise<Heard> {
  const { left, right, ...facts } = await page.evaluate(() => {
    const keeper = globalThis as unknown as Keeper;
    const taken = keeper.heard.splice(0);
    const text = (side: 'left' | 'right') => {
      const bytes = taken.map((block) => new Uint8Array(block[side].buffer));
      return bytes.map((each) => btoa(String.fromCharCode(...each)));
    };
    return {
      sampleRate: keeper.context?.sampleRate ?? 0,
      blocks: taken.map(({ frame, madeAt }) => ({ frame, madeAt })),
      presses: keeper.presses.splice(0),
      deviceMs: 1000 * (keeper.context?.outputLatency ?? 0),
      left: text('left'),
      right: text('right'),
    };
  });
  return { ...facts, left: joined(left), right: joined(right) };
}

function joined(blocks: readonly string[]): Float32Array {
  const bytes = Buffer.concat(blocks.map((block) => Buffer.from(block, 'base64')));
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4).slice();
}
