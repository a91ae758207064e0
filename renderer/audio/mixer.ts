import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';
// The default export is made by the bundler.
// oxlint-disable-next-line import/default
import stripWorklet from './strip.worklet.ts?worker&url';

/** What is listened to: the song as it is, the lanes at their faders, or the lanes through their strips. */
export const monitors = ['original', 'lanes', 'mix'] as const;
export type Monitor = (typeof monitors)[number];

/** Fast enough for an A/B, slow enough not to click. */
const switchSeconds = 0.012;

interface Channel {
  readonly input: GainNode;
  readonly fader: GainNode;
  readonly pan: StereoPannerNode;
  readonly analyser: AnalyserNode;
}

/**
 * The signal path of the window:
 *
 *     original ───────────────────────────────► [original] ─┐
 *     lane k ──► fader ──► pan ──► (sum) ──────► [lanes] ────┼─► output
 *            └─► strip k of the worklet (sum) ─► [mix] ──────┘
 *
 * All three sound at once behind gains of which one is open, so that changing over takes no time.
 */
export class Mixer {
  readonly original: GainNode;
  readonly output: GainNode;
  readonly channels: readonly Channel[];
  readonly #buses: Record<Monitor, GainNode>;
  readonly #match: Record<Monitor, number> = { original: 1, lanes: 1, mix: 1 };
  #monitor: Monitor = 'lanes';
  #strips: AudioWorkletNode | null = null;

  constructor(
    readonly context: BaseAudioContext,
    lanes: number,
  ) {
    const gain = (value: number) => new GainNode(context, { gain: value });
    this.output = gain(1);
    this.output.connect(context.destination);
    this.#buses = { original: gain(0), lanes: gain(1), mix: gain(0) };
    for (const monitor of monitors) this.#buses[monitor].connect(this.output);
    this.original = gain(1);
    this.original.connect(this.#buses.original);
    this.channels = Array.from({ length: lanes }, () => {
      const input = gain(1);
      const fader = gain(1);
      const pan = new StereoPannerNode(context);
      const analyser = new AnalyserNode(context, { fftSize: 1024 });
      input.connect(fader).connect(pan).connect(this.#buses.lanes);
      pan.connect(analyser);
      return { input, fader, pan, analyser };
    });
  }

  get monitor(): Monitor {
    return this.#monitor;
  }

  listenTo(monitor: Monitor): void {
    this.#monitor = monitor;
    this.#settle();
  }

  /** Gains that make the ways of listening equally loud, so that the louder one does not win. */
  match(gains: Partial<Record<Monitor, number>>): void {
    Object.assign(this.#match, gains);
    this.#settle();
  }

  setChannel(index: number, gain: number, pan: number): void {
    const channel = this.channels[index];
    if (channel === undefined) return;
    glide(channel.fader.gain, gain, this.context);
    glide(channel.pan.pan, pan, this.context);
  }

  /** The strips of the plan, one a channel. They are the code that renders the mix. */
  async setStrips(strips: readonly StripSettings[], reverb: MixPlan['reverb']): Promise<void> {
    if (this.#strips === null) {
      await this.context.audioWorklet.addModule(stripWorklet);
      if (this.#strips === null) {
        const node = new AudioWorkletNode(this.context, 'sonidesk-strips', {
          numberOfInputs: this.channels.length,
          numberOfOutputs: 1,
          outputChannelCount: [2],
          processorOptions: { strips, reverb },
        });
        this.channels.forEach(({ input }, index) => input.connect(node, 0, index));
        node.connect(this.#buses.mix);
        this.#strips = node;
      }
    }
    this.#strips.port.postMessage({ strips, reverb });
  }

  disconnect(): void {
    this.#strips?.port.postMessage(null);
    this.output.disconnect();
  }

  #settle(): void {
    for (const monitor of monitors) {
      const target = monitor === this.#monitor ? this.#match[monitor] : 0;
      glide(this.#buses[monitor].gain, target, this.context);
    }
  }
}

function glide(parameter: AudioParam, value: number, { currentTime }: BaseAudioContext): void {
  parameter.cancelScheduledValues(currentTime);
  parameter.setValueAtTime(parameter.value, currentTime);
  parameter.linearRampToValueAtTime(value, currentTime + switchSeconds);
}
