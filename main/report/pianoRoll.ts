import type { StemNote } from '../contracts/notes.ts';
import type { Seconds } from '../contracts/units.ts';
import { html, type Html } from './html.ts';
import { axisUnits, beatGrid } from './timeline.ts';
import { pitchName, plural } from './wording.ts';

/** Notes are drawn in groups: a tenth of confidence each for the slider, a quarter of velocity each for the shade. */
const confidenceSteps = 10;
const velocitySteps = 4;
/** Height of one semitone in drawing units. */
const semitone = 6;

const number = (value: number): string => String(Math.round(value * 10) / 10);
const stepOf = (value: number, steps: number): number => Math.min(steps - 1, Math.floor(value * steps));

interface Span {
  readonly low: number;
  readonly high: number;
  readonly seconds: Seconds;
}

/** One path per velocity step: a horizontal stroke per note. */
function strokes(notes: readonly StemNote[], { high, seconds }: Span): Html[] {
  return Array.from({ length: velocitySteps }, (_, shade) => {
    const path = notes
      .filter((note) => stepOf(note.velocity / 128, velocitySteps) === shade)
      .map((note) => {
        const x = (note.onset / seconds) * axisUnits;
        const width = Math.max(1.2, ((note.offset - note.onset) / seconds) * axisUnits - 0.6);
        return `M${number(x)} ${number((high - note.pitch + 0.5) * semitone)}h${number(width)}`;
      })
      .join('');
    return path === '' ? null : html`<path class="v${shade}" d="${path}" />`;
  }).filter((one) => one !== null);
}

function layer(stem: string, colour: string, notes: readonly StemNote[], span: Span): Html {
  const groups = Array.from({ length: confidenceSteps }, (_, step) =>
    notes.filter((note) => stepOf(note.confidence, confidenceSteps) === step),
  );
  return html`<g class="stem" data-stem="${stem}" style="--track: ${colour}">
    ${groups.map((group, step) =>
      group.length === 0 ? null : html`<g data-confidence="${step}">${strokes(group, span)}</g>`,
    )}
  </g>`;
}

function describe(notes: readonly StemNote[], colours: ReadonlyMap<string, string>): string {
  const parts = [...colours.keys()].flatMap((stem) => {
    const own = notes.filter((note) => note.stem === stem);
    if (own.length === 0) return [];
    const low = own.reduce((least, note) => Math.min(least, note.pitch), 127);
    const high = own.reduce((most, note) => Math.max(most, note.pitch), 0);
    return [`${stem} ${plural(own.length, 'note')} from ${pitchName(low)} to ${pitchName(high)}`];
  });
  return `Piano roll: ${parts.join('; ')}.`;
}

/** The notes of all stems as a row of the timeline, and the slider that hides the uncertain ones. */
export function pianoRoll(
  notes: readonly StemNote[],
  colours: ReadonlyMap<string, string>,
  beats: readonly Seconds[],
  downbeats: readonly Seconds[],
  seconds: Seconds,
): { row: Html; controls: Html } | null {
  if (notes.length === 0) return null;
  const low = notes.reduce((least, note) => Math.min(least, note.pitch), 127) - 2;
  const high = notes.reduce((most, note) => Math.max(most, note.pitch), 0) + 2;
  const span = { low, high, seconds };
  const height = (high - low + 1) * semitone;
  const octaves = Array.from({ length: 11 }, (_, octave) => 12 * octave).filter((c) => c >= low && c <= high);
  const row = html`<div class="lane roll" style="--rows: ${high - low + 1}">
    <div class="head">
      <span class="name">Notes</span>
      ${octaves.map(
        (c) =>
          html`<span
            class="octave"
            aria-hidden="true"
            style="top: ${number((100 * (high - c + 0.5) * semitone) / height)}%"
            >${pitchName(c)}</span
          >`,
      )}
    </div>
    <svg
      viewBox="0 0 ${axisUnits} ${height}"
      preserveAspectRatio="none"
      role="img"
      aria-label="${describe(notes, colours)}"
      style="--note: ${semitone - 1}px"
    >
      ${octaves.map((c) => html`<path class="octave-line" d="M0 ${(high - c + 1) * semitone}H${axisUnits}" />`)}
      ${beatGrid(beats, downbeats, seconds, height)}
      ${[...colours].reverse().map(([stem, colour]) =>
        layer(
          stem,
          colour,
          notes.filter((note) => note.stem === stem),
          span,
        ),
      )}
    </svg>
  </div>`;
  const controls = html`<div class="legend">
    ${[...colours].map(([stem, colour]) => {
      const count = notes.filter((note) => note.stem === stem).length;
      return count === 0
        ? null
        : html`<span class="key" style="--track: ${colour}"
            ><i></i>${stem} <span class="quiet">${count}</span></span
          >`;
    })}
    <label class="confidence"
      >Hide notes below confidence
      <input id="confidence" type="range" min="0" max="${confidenceSteps - 1}" step="1" value="0" />
      <output id="confidence-value">0 %</output></label
    >
  </div>`;
  return { row, controls };
}
