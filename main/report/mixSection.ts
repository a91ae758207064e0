import type { MixPlan, StripSettings } from '../contracts/mixPlan.ts';
import { eqCurve } from './eqCurve.ts';
import { html, type Html } from './html.ts';
import { decibels, hertz, percent } from './wording.ts';

const panWords = (pan: number): string =>
  Math.abs(pan) < 0.005 ? 'centre' : `${percent(Math.abs(pan))} ${pan < 0 ? 'left' : 'right'}`;

const compressorWords = ({ compressor }: StripSettings): string =>
  compressor.enabled
    ? `${compressor.ratio.toFixed(1)}:1 over ${decibels(compressor.thresholdDb)}, ${compressor.attackMs.toFixed(0)} / ${compressor.releaseMs.toFixed(0)} ms, makeup ${decibels(compressor.makeupDb)}`
    : 'off';

const highPassWords = ({ highPass }: StripSettings): string =>
  highPass.enabled ? hertz(highPass.frequencyHz) : 'off';

type MixTrack = MixPlan['tracks'][number];

function trackRows(track: MixTrack, colour: string): Html {
  const { strip, moves } = track;
  return html`<tbody style="--track: ${colour}">
    <tr>
      <th scope="row">
        <span class="key"><i></i>${track.name}</span><span class="quiet">${track.role}</span>
      </th>
      <td class="number">${decibels(strip.gainDb, 'dB', true)}</td>
      <td>${panWords(strip.pan)}</td>
      <td>${highPassWords(strip)}</td>
      <td>${eqCurve(strip)}</td>
      <td>${compressorWords(strip)}</td>
      <td class="number">${strip.sendDb === null ? 'off' : decibels(strip.sendDb)}</td>
    </tr>
    <tr class="why">
      <td colspan="7">
        ${
          moves.length === 0
            ? html`<p class="quiet">No change: it sits well as it is.</p>`
            : html`<ul>
                ${moves.map((move) => html`<li><b>${move.action}</b> <span>${move.reason}</span></li>`)}
              </ul>`
        }
      </td>
    </tr>
  </tbody>`;
}

function loudness(plan: MixPlan): Html {
  const row = (label: string, { integratedLufs, truePeakDb }: MixPlan['before']): Html =>
    html`<tr>
      <th scope="row">${label}</th>
      <td class="number">${decibels(integratedLufs, 'LUFS')}</td>
      <td class="number">${decibels(truePeakDb, 'dBTP')}</td>
    </tr>`;
  return html`<table class="small">
    <caption>
      Loudness of the sum
    </caption>
    <thead>
      <tr>
        <th scope="col"></th>
        <th scope="col" class="number">integrated</th>
        <th scope="col" class="number">true peak</th>
      </tr>
    </thead>
    <tbody>
      ${row('as it was', plan.before)} ${row('with the moves', plan.after)}
    </tbody>
  </table>`;
}

/** The channel strips with the reason of each move, loudness before and after, the mix rendered. */
export function mixSection(
  plan: MixPlan,
  colours: ReadonlyMap<string, string>,
  rendered: string | null,
): Html {
  return html`<section aria-labelledby="mix">
    <h2 id="mix">Mix moves</h2>
    <div class="wide" tabindex="0" role="region" aria-label="Channel strips">
      <table class="strips">
        <thead>
          <tr>
            ${[
              'track',
              'gain',
              'pan',
              'high-pass',
              'EQ ±12 dB, 20 Hz to 20 kHz',
              'compressor',
              'reverb send',
            ].map((label) =>
              ['gain', 'reverb send'].includes(label)
                ? html`<th scope="col" class="number">${label}</th>`
                : html`<th scope="col">${label}</th>`,
            )}
          </tr>
        </thead>
        ${plan.tracks.map((track) => trackRows(track, colours.get(track.name) ?? '#7a7f8c'))}
      </table>
    </div>
    <div class="cards">
      ${loudness(plan)}
      ${
        rendered === null
          ? null
          : html`<figure>
              <figcaption>The mix with these moves</figcaption>
              <audio controls preload="metadata" src="${rendered}" data-whole></audio>
            </figure>`
      }
      ${
        plan.reference === null
          ? null
          : html`<div>
              <h3>Matched to ${plan.reference.file}</h3>
              <ul>
                ${plan.reference.notes.map((note) => html`<li>${note}</li>`)}
              </ul>
            </div>`
      }
    </div>
  </section>`;
}
