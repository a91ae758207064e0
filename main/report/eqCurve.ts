import { magnitude } from '../audio/strip/biquad.ts';
import { designEqBand, designHighPass } from '../audio/strip/filterDesign.ts';
import type { StripSettings } from '../contracts/mixPlan.ts';
import { toDecibels, type Decibels, type Hertz } from '../contracts/units.ts';
import { html, type Html } from './html.ts';
import { decibels, hertz } from './wording.ts';

/** The curve is drawn as the strip sounds at the most common session rate. */
const sampleRate = 48000;
const range = { low: 20, high: 20000, top: 12 } as const;
const size = { width: 220, height: 72 } as const;

/** Response of high-pass and EQ together. */
export function responseAt(strip: StripSettings, frequency: Hertz): Decibels {
  const omega = (2 * Math.PI * frequency) / sampleRate;
  let sum = strip.highPass.enabled
    ? toDecibels(magnitude(designHighPass(strip.highPass.frequencyHz, sampleRate), omega))
    : 0;
  for (const band of strip.eq)
    if (band.gainDb !== 0) sum += toDecibels(magnitude(designEqBand(band, sampleRate), omega));
  return sum;
}

const x = (frequency: Hertz): number =>
  (size.width * Math.log(frequency / range.low)) / Math.log(range.high / range.low);
const y = (gain: Decibels): number =>
  (size.height * (range.top - Math.max(-range.top, Math.min(range.top, gain)))) / (2 * range.top);

function describe(strip: StripSettings): string {
  const parts = [
    ...(strip.highPass.enabled ? [`high-pass at ${hertz(strip.highPass.frequencyHz)}`] : []),
    ...strip.eq
      .filter((band) => Math.abs(band.gainDb) >= 0.05)
      .map((band) => `${decibels(band.gainDb, 'dB', true)} at ${hertz(band.frequencyHz)}`),
  ];
  return parts.length === 0 ? 'EQ: flat' : `EQ: ${parts.join(', ')}`;
}

/** A small picture of what high-pass and EQ do, ±12 dB from 20 Hz to 20 kHz. */
export function eqCurve(strip: StripSettings): Html {
  const points = Array.from({ length: 111 }, (_, i) => {
    const frequency = range.low * (range.high / range.low) ** (i / 110);
    return `${x(frequency).toFixed(1)} ${y(responseAt(strip, frequency)).toFixed(1)}`;
  });
  const decades = [100, 1000, 10000].map((f) => `M${x(f).toFixed(1)} 0V${size.height}`).join('');
  const line = `M${points.join('L')}`;
  return html`<svg
    class="eq"
    viewBox="0 0 ${size.width} ${size.height}"
    role="img"
    aria-label="${describe(strip)}"
  >
    <path class="beat" d="${decades}" />
    <path class="bar" d="M0 ${size.height / 2}H${size.width}" />
    <path class="fill" d="${line}V${size.height / 2}H0Z" />
    <path class="curve" d="${line}" />
  </svg>`;
}
