import type { ModelResult } from '../contracts/modelRun.ts';
import type { Content, Tags } from '../contracts/tags.ts';
import type { RunResult } from '../contracts/workflows.ts';
import { html, type Html } from './html.ts';
import type { AccuracyRow, LicenceRow, ReportData } from './reportData.ts';
import { clock, decibels, percent, plural } from './wording.ts';

const chip = (label: string, value: string, confidence?: number): Html =>
  html`<li class="chip">
    <span class="quiet">${label}</span> <b>${value}</b>
    ${
      confidence === undefined
        ? null
        : html`<meter
              min="0"
              max="1"
              value="${confidence.toFixed(2)}"
              aria-label="confidence ${percent(confidence)}"
            ></meter
            ><span class="quiet">${percent(confidence)}</span>`
    }
  </li>`;

/** An instrument is told from this probability on. */
const instrumentFrom = 0.5;

function contentChips({ instruments, voice, drums, calibrated }: Content): Html[] {
  const seconds = (spans: Content['voice']) => spans.reduce((sum, { start, end }) => sum + end - start, 0);
  return [
    ...instruments
      .filter(({ confidence }) => confidence >= instrumentFrom)
      .map(({ name, confidence }) => chip('hears', name, confidence)),
    chip('singing', voice.length === 0 ? 'none' : clock(seconds(voice))),
    chip('drums', drums.length === 0 ? 'none' : clock(seconds(drums))),
    chip('sureness', calibrated === true ? 'fitted on unheard songs' : 'not fitted'),
  ];
}

/** Tempo, key, length and loudness as chips, with how sure we are of the guessed ones. */
export function tagChips(tags: Tags): Html {
  return html`<ul class="chips" aria-label="Tags">
    ${
      tags.tempo === null
        ? chip('tempo', 'no steady pulse')
        : chip('tempo', `${tags.tempo.bpm.toFixed(1)} BPM`, tags.tempo.confidence)
    }
    ${
      tags.key === null
        ? chip('key', 'none')
        : chip('key', `${tags.key.tonic} ${tags.key.mode}`, tags.key.confidence)
    }
    ${chip('length', clock(tags.durationSeconds))}
    ${chip('loudness', decibels(tags.loudness.integrated, 'LUFS'))}
    ${chip('range', decibels(tags.loudness.range, 'LU'))}
    ${chip('true peak', decibels(tags.loudness.truePeak, 'dBTP'))}
    ${chip('beats', `${tags.beats.length} in ${plural(tags.downbeats.length, 'bar')}`)}
    ${tags.content === undefined ? null : contentChips(tags.content)}
  </ul>`;
}

export function accuracySection(rows: readonly AccuracyRow[]): Html | null {
  if (rows.length === 0) return null;
  return html`<section aria-labelledby="accuracy">
    <h2 id="accuracy">How near it came</h2>
    <p>The demo song is our own, so the truth is known.</p>
    <div class="wide" tabindex="0" role="region" aria-label="Accuracy">
      <table>
        <thead>
          <tr>
            <th scope="col">what</th>
            <th scope="col">found</th>
            <th scope="col">truth</th>
            <th scope="col">score</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.what}</th>
                <td>${row.found}</td>
                <td>${row.truth}</td>
                <td>${row.score}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

const speedRow = (what: string, run: ModelResult): Html =>
  html`<tr>
    <th scope="row">${what}</th>
    <td>${run.pack} ${run.packVersion}</td>
    <td>${run.provider.toUpperCase()}</td>
    <td class="number">${run.seconds.toFixed(1)} s</td>
    <td class="number">
      ${run.realtimeFactor.toFixed(2)} × real time${run.stored ? ' (from the cache)' : ''}
    </td>
  </tr>`;

function speeds({ run, features }: ReportData): Html {
  const transcriptions = run.transcription?.packs ?? [];
  if (run.separation === null && transcriptions.length === 0 && features === undefined)
    return html`<p>No model was run: everything here is signal processing.</p>`;
  return html`<div class="wide" tabindex="0" role="region" aria-label="Measured speeds">
    <table>
      <caption>
        Measured speeds
      </caption>
      <thead>
        <tr>
          <th scope="col">step</th>
          <th scope="col">pack</th>
          <th scope="col">provider</th>
          <th scope="col" class="number">time</th>
          <th scope="col" class="number">speed</th>
        </tr>
      </thead>
      <tbody>
        ${run.separation === null ? null : speedRow('separation', run.separation)}
        ${transcriptions.map((one) => speedRow('transcription', one))}
        ${features === undefined ? null : speedRow('features', features.run)}
      </tbody>
    </table>
  </div>`;
}

function nullTest(run: RunResult): Html | null {
  if (run.separation === null) return null;
  const { residualDb, stems } = run.separation;
  return html`<p>
    The ${plural(stems.length, 'stem')} add up to the source
    ${residualDb === null ? 'exactly: the difference is digital silence.' : `to within ${decibels(residualDb, 'dBFS')}.`}
  </p>`;
}

function licences(rows: readonly LicenceRow[]): Html | null {
  if (rows.length === 0) return null;
  return html`<h3>Model packs and their licences</h3>
    <ul class="plain">
      ${rows.map(
        (row) =>
          html`<li>
            <b>${row.name}</b> <span class="quiet">${row.pack} ${row.version}</span>: ${row.licence}.
            ${row.summary}
          </li>`,
      )}
    </ul>`;
}

/** Residual, speeds, licences and what was left out. */
export function workSection(data: ReportData): Html {
  const { run, licences: rows, machine } = data;
  return html`<section aria-labelledby="work">
    <h2 id="work">How it was computed</h2>
    ${nullTest(run)} ${speeds(data)} ${licences(rows)}
    ${
      run.notes.length === 0
        ? null
        : html`<h3>Worth knowing</h3>
            <ul class="plain">
              ${run.notes.map((note) => html`<li>${note}</li>`)}
            </ul>`
    }
    <p class="quiet">
      ${machine}. Everything in ${run.seconds.toFixed(1)} s, on this machine; no audio left it.
    </p>
  </section>`;
}
