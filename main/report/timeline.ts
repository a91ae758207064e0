import type { Seconds } from '../contracts/units.ts';
import type { Envelope } from './envelope.ts';
import { html, raw, type Html } from './html.ts';
import { clock, decibels } from './wording.ts';

/** Drawing units over the whole length of the time axis; the picture stretches to the page's width. */
export const axisUnits = 1600;

export interface Lane {
  readonly name: string;
  readonly colour: string;
  /** Where the page finds the audio. */
  readonly href: string;
  /** Where its audio starts on the time axis. */
  readonly start: Seconds;
  /** From the start of the axis on. */
  readonly envelope: Envelope;
}

const number = (value: number): string => String(Math.round(value * 100) / 100);

/** Vertical lines at the beats; bar lines stronger. */
export function beatGrid(
  beats: readonly Seconds[],
  downbeats: readonly Seconds[],
  seconds: Seconds,
  height: number,
): Html {
  const x = (time: Seconds): string => number((time / seconds) * axisUnits);
  const lines = (times: readonly Seconds[]): string =>
    times.map((time) => `M${x(time)} 0V${height}`).join('');
  const bars = new Set(downbeats);
  const between = beats.filter((time) => !bars.has(time));
  return html`<path class="beat" d="${lines(between)}" /><path class="bar" d="${lines(downbeats)}" />`;
}

/** Closed outline: along the highs, back along the lows. `gain` maps the loudest peak of all lanes to the lane's height. */
function outline(
  low: readonly number[],
  high: readonly number[],
  { stepSeconds }: Envelope,
  seconds: Seconds,
  gain: number,
): string {
  const x = (i: number): string => number((axisUnits * Math.min(seconds, (i + 0.5) * stepSeconds)) / seconds);
  const y = (value: number): string => number(50 - 48 * value * gain);
  let path = `M0 ${y(high[0] ?? 0)}`;
  for (let i = 0; i < high.length; i++) path += `L${x(i)} ${y(high[i]!)}`;
  for (let i = low.length - 1; i >= 0; i--) path += `L${x(i)} ${y(low[i]!)}`;
  return `${path}Z`;
}

function describe(lane: Lane): string {
  const { rms, stepSeconds, high, low } = lane.envelope;
  const peak = high.reduce((most, value, i) => Math.max(most, value, -low[i]!), 0);
  const loudest = rms.indexOf(rms.reduce((most, value) => Math.max(most, value), 0));
  if (peak === 0) return `Waveform of ${lane.name}: silence.`;
  return `Waveform of ${lane.name}: peak ${decibels(20 * Math.log10(peak), 'dBFS')}, loudest around ${clock(loudest * stepSeconds)}.`;
}

function laneRow(lane: Lane, index: number, seconds: Seconds, gain: number, grid: Html): Html {
  const { low, high, rms } = lane.envelope;
  const body = rms.map((value) => -value);
  const draw = (from: readonly number[], to: readonly number[]): string =>
    outline(from, to, lane.envelope, seconds, gain);
  return html`<div class="lane" style="--track: ${lane.colour}">
    <div class="head">
      <span class="name">${lane.name}</span>
      <span class="buttons">
        <button type="button" data-solo="${index}" aria-pressed="false" aria-label="Solo ${lane.name}">
          S
        </button>
        <button type="button" data-mute="${index}" aria-pressed="false" aria-label="Mute ${lane.name}">
          M
        </button>
      </span>
    </div>
    <svg viewBox="0 0 ${axisUnits} 100" preserveAspectRatio="none" role="img" aria-label="${describe(lane)}">
      ${grid}
      <path class="wave" d="${draw(low, high)}" />
      <path class="rms" d="${draw(body, rms)}" />
    </svg>
    <audio preload="metadata" src="${lane.href}" data-track="${index}" data-start="${lane.start}"></audio>
  </div>`;
}

/** Round numbers of seconds for the ruler, some ten over the axis. */
function ruler(seconds: Seconds): Html {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200].find((one) => seconds / one <= 12) ?? 1800;
  const marks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
  return html`<div class="lane ruler" aria-hidden="true">
    <div class="head"></div>
    <div class="marks">
      ${marks.map((time) => html`<span style="left: ${number((100 * time) / seconds)}%">${clock(time)}</span>`)}
    </div>
  </div>`;
}

/** All tracks over one time axis and one scale, with transport, solo and mute. */
export function timeline(
  lanes: readonly Lane[],
  beats: readonly Seconds[],
  downbeats: readonly Seconds[],
  extraRows: readonly Html[],
): Html {
  const seconds = lanes.reduce((most, lane) => Math.max(most, lane.envelope.seconds), 0.001);
  const peak = lanes.reduce((most, { envelope }) => {
    const own = envelope.high.reduce((top, value, i) => Math.max(top, value, -envelope.low[i]!), 0);
    return Math.max(most, own);
  }, 0);
  const grid = beatGrid(beats, downbeats, seconds, 100);
  // Long pieces scroll sideways: at least 10 pixels a second, up to what a browser still draws quickly.
  const width = Math.min(6000, Math.round(seconds * 10));
  return html`<div class="transport">
      <button type="button" id="play" aria-keyshortcuts="Space">▶ Play</button>
      <label class="seek"
        ><span class="quiet" id="clock">0:00</span>
        <input
          id="seek"
          type="range"
          min="0"
          max="${number(seconds)}"
          step="0.01"
          value="0"
          aria-label="Position"
        />
        <span class="quiet">${clock(seconds)}</span></label
      >
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label="Tracks over time">
      <div class="lanes" id="lanes" data-seconds="${seconds}" style="min-width: ${width}px">
        ${lanes.map((lane, i) => laneRow(lane, i, seconds, peak === 0 ? 0 : 1 / peak, grid))} ${extraRows}
        ${ruler(seconds)}
        <div id="playhead" aria-hidden="true"></div>
      </div>
    </div>
    ${raw('<p class="quiet">All tracks share one scale. S plays a track alone, M silences it; click into a track to go there.</p>')}`;
}
