import type { Random } from '../random.ts';
import { GlottalSource } from './glottis.ts';

/** Where the vocal tract is heading at one control point. */
export interface TractAim {
  readonly formants: readonly [number, number, number];
  readonly voicing: number;
  readonly aspiration: number;
  readonly frication: number;
  readonly noise: readonly [centre: number, width: number];
  readonly nasal: boolean;
  /** Vocal effort 0 to 1: brighter when louder. */
  readonly effort: number;
}

/** Resonances above the third, which hardly move; the fourth and fifth sit close, as in trained singers. */
const upper = [3650, 4150, 5200, 6300, 7400, 8500, 9700, 11000];
const upperWidths = [190, 220, 380, 480, 600, 700, 800, 900];
const lowerWidths = [75, 95, 140];
const count = lowerWidths.length + upper.length;

/** Formant synthesiser: glottal source and breath through cascaded resonators, frication beside them (Klatt, 1980). */
export class Tract {
  private readonly source: GlottalSource;
  /** Smoothed controls: three formants, voicing, aspiration, frication, noise centre, noise width, nasality, effort. */
  private readonly now = new Float64Array([520, 1500, 2600, 0, 0, 0, 5000, 5000, 0, 0.5]);
  private readonly aim = new Float64Array(10);
  private readonly a = new Float64Array(count);
  private readonly b = new Float64Array(count);
  private readonly c = new Float64Array(count);
  private readonly y1 = new Float64Array(count);
  private readonly y2 = new Float64Array(count);
  private n1 = 0;
  private n2 = 0;

  constructor(
    private readonly shape: { readonly tractScale: number; readonly breathiness: number },
    private readonly sampleRate: number,
    private readonly random: Random,
  ) {
    this.source = new GlottalSource(sampleRate, random);
    upper.forEach((frequency, k) => this.tune(k + 3, frequency * shape.tractScale, upperWidths[k]!));
  }

  /** Writes frames `start` to `end` of `out` with the pitch of this control point. */
  render(out: Float32Array, start: number, end: number, hertz: number, aim: TractAim): void {
    this.approach(aim);
    const [f1 = 0, f2 = 0, f3 = 0, voicing = 0, aspiration = 0, frication = 0] = this.now;
    const [centre = 0, width = 0, nasal = 0, effort = 0] = this.now.subarray(6);
    const scale = this.shape.tractScale;
    // A singer raises the first formant with the pitch so that it never falls below the fundamental.
    this.tune(0, Math.max(f1 * scale, 1.05 * hertz), lowerWidths[0]! * (1 + 1.6 * nasal));
    this.tune(1, f2 * scale, lowerWidths[1]! * (1 + nasal));
    this.tune(2, f3 * scale, lowerWidths[2]! * (1 + nasal));
    this.source.set(hertz, effort);
    const breath = 0.085 * aspiration * (0.4 + this.shape.breathiness);

    const radius = Math.exp((-Math.PI * width) / this.sampleRate);
    const cos = 2 * radius * Math.cos((2 * Math.PI * centre) / this.sampleRate);
    const noiseGain = frication * 0.19 * Math.sqrt(1 - radius);

    for (let n = start; n < end; n++) {
      const flow = this.source.next();
      const noise = this.random.bipolar();
      let value =
        voicing * flow + breath * noise * (0.35 + this.source.openness * (voicing > 0.05 ? 1 : 0.65));
      for (let k = 0; k < count; k++) {
        const y = this.a[k]! * value + this.b[k]! * this.y1[k]! + this.c[k]! * this.y2[k]!;
        this.y2[k] = this.y1[k]!;
        this.y1[k] = y;
        value = y;
      }
      const hiss = noise + cos * this.n1 - radius * radius * this.n2;
      this.n2 = this.n1;
      this.n1 = hiss;
      out[n] = value + noiseGain * (hiss - this.n2);
    }
  }

  /** First-order smoothing: articulators take some 20 ms, the glottis and the noise 6 ms. */
  private approach(aim: TractAim): void {
    this.aim.set([
      ...aim.formants,
      aim.voicing,
      aim.aspiration,
      aim.frication,
      ...aim.noise,
      aim.nasal ? 1 : 0,
      aim.effort,
    ]);
    for (let i = 0; i < this.now.length; i++) {
      const speed = i < 3 ? 0.13 : i < 6 ? 0.33 : i < 8 ? 0.7 : 0.2;
      this.now[i]! += speed * (this.aim[i]! - this.now[i]!);
    }
  }

  /** Resonator with unity gain at 0 Hz. */
  private tune(k: number, frequency: number, width: number): void {
    const radius = Math.exp((-Math.PI * width) / this.sampleRate);
    const b = 2 * radius * Math.cos((2 * Math.PI * frequency) / this.sampleRate);
    const c = -radius * radius;
    this.a[k] = 1 - b - c;
    this.b[k] = b;
    this.c[k] = c;
  }
}
