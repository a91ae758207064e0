import type { EqBand, StripSettings } from '../../contracts/mixPlan.ts';
import { fromDecibels, type Hertz } from '../../contracts/units.ts';
import type { Archive } from '../../platform/checkpoint.ts';
import { BiquadState, type Biquad } from './biquad.ts';
import { Compressor, type CompressorSettings } from './compressor.ts';
import { designEqBand, designHighPass } from './filterDesign.ts';
import { panGains } from './pan.ts';
import { Ramp, controlStep, rampSteps } from './ramp.ts';

/** Highest magnitude a sample may have at the input; anything beyond (or NaN) is a fault of the source. */
const largest = 3.4e38;

/** One EQ band: its ramps, its coefficients of this control step and its state. */
class Band {
  private readonly frequency: Ramp;
  private readonly gain: Ramp;
  private readonly q: Ramp;
  private readonly state = new BiquadState();
  private coefficients: Biquad | null = null;

  private pendingType: EqBand['type'];

  constructor(
    private type: EqBand['type'],
    settings: EqBand,
    private readonly sampleRate: Hertz,
  ) {
    this.pendingType = type;
    const steps = rampSteps(sampleRate);
    this.frequency = new Ramp(Math.log(settings.frequencyHz), steps);
    this.gain = new Ramp(settings.gainDb, steps);
    this.q = new Ramp(Math.log(settings.q), steps);
    this.design();
  }

  set(settings: EqBand): void {
    this.pendingType = settings.type;
    this.frequency.toward(Math.log(settings.frequencyHz));
    this.gain.toward(settings.gainDb);
    this.q.toward(Math.log(settings.q));
  }

  private design(): void {
    const gainDb = this.gain.value;
    const wasFlat = this.coefficients === null;
    // A band at 0 dB is not run at all: its audio passes bit for bit.
    this.coefficients =
      gainDb === 0
        ? null
        : designEqBand(
            {
              type: this.type,
              frequencyHz: Math.exp(this.frequency.value),
              gainDb,
              q: Math.exp(this.q.value),
            },
            this.sampleRate,
          );
    if (wasFlat && this.coefficients !== null) this.state.reset();
  }

  get idle(): boolean {
    return !this.frequency.moving && !this.gain.moving && !this.q.moving && this.state.idle;
  }

  signalState(archive: Archive): void {
    this.state.state(archive);
  }

  advance(): void {
    if (this.type !== this.pendingType || this.frequency.moving || this.gain.moving || this.q.moving) {
      this.type = this.pendingType;
      this.frequency.advance();
      this.gain.advance();
      this.q.advance();
      this.design();
    }
    this.state.flushDenormals();
  }

  process(left: Float64Array, right: Float64Array, from: number, to: number): void {
    if (this.coefficients === null) return;
    this.state.process(this.coefficients, left, 0, from, to);
    this.state.process(this.coefficients, right, 1, from, to);
  }
}

/**
 * The channel strip: high-pass, six EQ bands, compressor, gain, pan; the send taps after the pan. Stereo,
 * float64, in place, latency 0. The formulas are in STRIP.md; the plugin follows the same text and golden
 * vectors. The result does not depend on how the stream is cut into blocks.
 */
export class ChannelStrip {
  private readonly steps: number;
  private readonly bands: Band[];
  private readonly highPass = new BiquadState();
  private readonly highPassFrequency: Ramp;
  private readonly highPassAmount: Ramp;
  private highPassCoefficients: Biquad;
  private readonly compressor: Compressor;
  private readonly compressorAmount: Ramp;
  private readonly makeup: Ramp;
  private compressorNow: CompressorSettings;
  private readonly left: Ramp;
  private readonly right: Ramp;
  private readonly send: Ramp;
  private position = 0;
  private from: readonly [number, number, number];

  constructor(
    private settings: StripSettings,
    private readonly sampleRate: Hertz,
  ) {
    this.steps = rampSteps(sampleRate);
    const ramp = (value: number) => new Ramp(value, this.steps);
    this.bands = settings.eq.map((band) => new Band(band.type, band, sampleRate));
    this.highPassFrequency = ramp(Math.log(settings.highPass.frequencyHz));
    this.highPassAmount = ramp(settings.highPass.enabled ? 1 : 0);
    this.highPassCoefficients = designHighPass(settings.highPass.frequencyHz, sampleRate);
    this.compressor = new Compressor(sampleRate);
    this.compressorAmount = ramp(settings.compressor.enabled ? 1 : 0);
    this.makeup = ramp(settings.compressor.makeupDb);
    this.compressorNow = settings.compressor;
    const [left, right, send] = outputGains(settings);
    this.left = ramp(left);
    this.right = ramp(right);
    this.send = ramp(send);
    this.from = [left, right, send];
  }

  /** New settings from the next control step on; they are reached by a ramp of 20 ms. */
  set(settings: StripSettings): void {
    this.settings = settings;
    settings.eq.forEach((band, index) => this.bands[index]?.set(band));
    if (settings.highPass.enabled && this.highPassAmount.value === 0) this.highPass.reset();
    this.highPassFrequency.toward(Math.log(settings.highPass.frequencyHz));
    this.highPassAmount.toward(settings.highPass.enabled ? 1 : 0);
    if (settings.compressor.enabled && this.compressorAmount.value === 0) this.compressor.reset();
    this.compressorAmount.toward(settings.compressor.enabled ? 1 : 0);
    this.makeup.toward(settings.compressor.makeupDb);
    const [left, right, send] = outputGains(settings);
    this.left.toward(left);
    this.right.toward(right);
    this.send.toward(send);
  }

  /** Gain reduction of the compressor in dB, for a meter. */
  get reductionDb(): number {
    return this.compressorAmount.value * this.compressor.reductionDb;
  }

  /**
   * Processes `left[0..frames)` and `right[0..frames)` in place and adds the send to `sendLeft` and
   * `sendRight`. NaN and infinities count as silence.
   */
  process(
    left: Float64Array,
    right: Float64Array,
    sendLeft: Float64Array,
    sendRight: Float64Array,
    frames = left.length,
  ): void {
    for (let n = 0; n < frames; n++) {
      // One comparison is false for NaN as well.
      if (!(Math.abs(left[n]!) <= largest)) left[n] = 0;
      if (!(Math.abs(right[n]!) <= largest)) right[n] = 0;
    }
    for (let at = 0; at < frames;) {
      const inStep = this.position % controlStep;
      if (inStep === 0) this.advance();
      const to = Math.min(frames, at + controlStep - inStep);
      this.filter(left, right, at, to);
      const amount = this.compressorAmount.value;
      if (amount > 0) this.compressor.process(this.compressorNow, amount, left, right, at, to);
      this.output(left, right, sendLeft, sendRight, at, to, inStep);
      this.position += to - at;
      at = to;
    }
  }

  /** Of a strip whose settings stand still: the ramps are not part of it. */
  state(archive: Archive): void {
    for (const band of this.bands) band.signalState(archive);
    for (const stage of [this.highPass, this.compressor]) stage.state(archive);
    this.position = archive.pass(this.position);
  }

  /** Silence would come out of silence, with no state or parameter moving: such blocks may be skipped. */
  get idle(): boolean {
    const ramps = [
      this.highPassFrequency,
      this.highPassAmount,
      this.compressorAmount,
      this.makeup,
      this.left,
      this.right,
      this.send,
    ];
    return (
      this.highPass.idle &&
      this.compressor.idle &&
      this.bands.every((band) => band.idle) &&
      ramps.every((ramp) => !ramp.moving)
    );
  }

  /** Lets `frames` of silence pass an idle strip, without work and without a difference. */
  skip(frames: number): void {
    this.position += frames;
  }

  private advance(): void {
    this.from = [this.left.value, this.right.value, this.send.value];
    if (this.highPassFrequency.moving) {
      this.highPassFrequency.advance();
      this.highPassCoefficients = designHighPass(Math.exp(this.highPassFrequency.value), this.sampleRate);
    }
    this.highPassAmount.advance();
    this.highPass.flushDenormals();
    for (const band of this.bands) band.advance();
    this.compressorAmount.advance();
    this.makeup.advance();
    this.compressorNow = { ...this.settings.compressor, makeupDb: this.makeup.value };
    this.compressor.flushDenormals();
    this.left.advance();
    this.right.advance();
    this.send.advance();
  }

  private filter(left: Float64Array, right: Float64Array, from: number, to: number): void {
    const amount = this.highPassAmount.value;
    if (amount > 0) {
      const dryLeft = amount < 1 ? left.slice(from, to) : null;
      const dryRight = amount < 1 ? right.slice(from, to) : null;
      this.highPass.process(this.highPassCoefficients, left, 0, from, to);
      this.highPass.process(this.highPassCoefficients, right, 1, from, to);
      if (dryLeft !== null && dryRight !== null) {
        for (let n = from; n < to; n++) {
          left[n] = dryLeft[n - from]! + amount * (left[n]! - dryLeft[n - from]!);
          right[n] = dryRight[n - from]! + amount * (right[n]! - dryRight[n - from]!);
        }
      }
    }
    for (const band of this.bands) band.process(left, right, from, to);
  }

  /** Gain, pan and send; the three factors run linearly over a control step. */
  private output(
    left: Float64Array,
    right: Float64Array,
    sendLeft: Float64Array,
    sendRight: Float64Array,
    from: number,
    to: number,
    inStep: number,
  ): void {
    const [left0, right0, send0] = this.from;
    const leftSlope = (this.left.value - left0) / controlStep;
    const rightSlope = (this.right.value - right0) / controlStep;
    const sendSlope = (this.send.value - send0) / controlStep;
    for (let n = from; n < to; n++) {
      const k = inStep + (n - from) + 1;
      const l = left[n]! * (left0 + leftSlope * k);
      const r = right[n]! * (right0 + rightSlope * k);
      const send = send0 + sendSlope * k;
      left[n] = l;
      right[n] = r;
      sendLeft[n] = sendLeft[n]! + send * l;
      sendRight[n] = sendRight[n]! + send * r;
    }
  }
}

/** Linear factors of the left and right output and of the send. */
function outputGains({ gainDb, pan, sendDb }: StripSettings): readonly [number, number, number] {
  const gain = gainDb === 0 ? 1 : fromDecibels(gainDb);
  const [left, right] = panGains(pan);
  return [gain * left, gain * right, sendDb === null ? 0 : fromDecibels(sendDb)];
}
