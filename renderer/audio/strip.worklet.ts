import { ChannelStrip } from '../../main/audio/strip/channelStrip.ts';
import { Reverb } from '../../main/audio/strip/reverb.ts';
import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';

/** The parts of AudioWorkletGlobalScope that are used; TypeScript's DOM library has no types for it. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(
  name: string,
  processor: new (options: { processorOptions: Settings }) => AudioWorkletProcessor,
): void;

interface Settings {
  readonly strips: readonly StripSettings[];
  readonly reverb: MixPlan['reverb'];
}

const planes = () => [new Float64Array(128), new Float64Array(128)] as const;

/** Every input through its channel strip, the sends through the reverb, all summed: the mix as it is rendered. */
class StripsProcessor extends AudioWorkletProcessor {
  readonly #strips: ChannelStrip[];
  readonly #reverb: Reverb;
  readonly #track = planes();
  readonly #send = planes();
  readonly #sum = planes();
  #alive = true;

  constructor({ processorOptions: { strips, reverb } }: { processorOptions: Settings }) {
    super();
    this.#strips = strips.map((settings) => new ChannelStrip(settings, sampleRate));
    this.#reverb = new Reverb(reverb, sampleRate);
    this.port.addEventListener('message', ({ data }: MessageEvent<Settings | null>) => {
      if (data === null) this.#alive = false;
      else data.strips.forEach((settings, index) => this.#strips[index]?.set(settings));
    });
    this.port.start();
  }

  process(
    inputs: readonly (readonly Float32Array[])[],
    outputs: readonly (readonly Float32Array[])[],
  ): boolean {
    const [left, right] = this.#track;
    const [sendLeft, sendRight] = this.#send;
    const [sumLeft, sumRight] = this.#sum;
    for (const plane of [sendLeft, sendRight, sumLeft, sumRight]) plane.fill(0);
    this.#strips.forEach((strip, index) => {
      const input = inputs[index];
      if (input?.[0] === undefined) {
        if (strip.idle) {
          strip.skip(left.length);
          return;
        }
        left.fill(0);
        right.fill(0);
      } else {
        left.set(input[0]);
        right.set(input[1] ?? input[0]);
      }
      strip.process(left, right, sendLeft, sendRight);
      for (let n = 0; n < left.length; n++) {
        sumLeft[n] = sumLeft[n]! + left[n]!;
        sumRight[n] = sumRight[n]! + right[n]!;
      }
    });
    this.#reverb.process(sendLeft, sendRight);
    const [outLeft, outRight] = outputs[0]!;
    for (let n = 0; n < left.length; n++) {
      outLeft![n] = sumLeft[n]! + sendLeft[n]!;
      outRight![n] = sumRight[n]! + sendRight[n]!;
    }
    return this.#alive;
  }
}

registerProcessor('sonidesk-strips', StripsProcessor);
