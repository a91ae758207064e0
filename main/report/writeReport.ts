import { dirname, relative, sep } from 'node:path';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { envelopeOf } from './envelope.ts';
import { accuracySection, tagChips, workSection } from './factSections.ts';
import { featureSection } from './featureSection.ts';
import { html, raw, type Html } from './html.ts';
import { mixSection } from './mixSection.ts';
import { pianoRoll } from './pianoRoll.ts';
import { player } from './player.ts';
import type { ReportData } from './reportData.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';
import { trackColours } from './trackColours.ts';
import { plural } from './wording.ts';

/** Steps of a waveform: as fine as a wide window shows, some 25 kB a track. */
const drawnSteps = 800;

/** A file as the page links to it: relative, each part encoded. */
export const hrefFrom = (page: string, file: string): string =>
  relative(dirname(page), file).split(sep).map(encodeURIComponent).join('/');

/**
 * Writes the result of a run as one HTML file that needs nothing but the audio beside it.
 * @throws SoniError `not-found` | `bad-input` when a stem cannot be read, `denied`, `no-space`
 */
export async function writeReport(path: string, data: ReportData): Promise<void> {
  const { run, plan, notes } = data;
  const colours = trackColours(run.tracks.map((track) => track.name));
  const lanes = [];
  for (const track of run.tracks) {
    lanes.push({
      name: track.name,
      colour: colours.get(track.name)!,
      href: hrefFrom(path, track.file),
      start: track.start ?? 0,
      envelope: await envelopeOf(track.file, drawnSteps, { start: track.start ?? 0 }),
    });
  }
  const seconds = lanes.reduce((most, lane) => Math.max(most, lane.envelope.seconds), 0.001);
  const { beats, downbeats } = run.tags;
  const roll = pianoRoll(notes, colours, beats, downbeats, seconds);
  const rendered = run.mix.render === null ? null : hrefFrom(path, run.mix.render.file);

  const body = html`<header>
      <h1>${data.title}</h1>
      <p class="quiet">${summary(data)}</p>
      ${tagChips(run.tags)}
    </header>
    <main>
      <section aria-labelledby="tracks">
        <h2 id="tracks">
          ${run.separation === null ? 'Tracks' : 'Stems'}${roll === null ? '' : ' and notes'}
        </h2>
        ${timeline(lanes, beats, downbeats, roll === null ? [] : [roll.row])} ${roll?.controls ?? null}
      </section>
      ${data.features === undefined ? null : featureSection(hrefFrom(path, data.features.picture), data.features.run)}
      ${mixSection(plan, colours, rendered)} ${accuracySection(data.accuracy)} ${workSection(data)}
    </main>
    <footer>
      <p class="quiet">Made by SoniDesk. The numbers in this page are also in run.json beside it.</p>
    </footer>`;
  await writeFileAtomic(path, page(data.title, body).text);
}

function summary({ run, notes }: ReportData): string {
  const parts = [
    plural(run.tracks.length, run.separation === null ? 'track' : 'stem'),
    ...(run.transcription === null ? [] : [plural(notes.length, 'note')]),
    'mix plan',
  ];
  return `SoniDesk report: ${parts.join(', ')}.`;
}

const page = (title: string, body: Html): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · SoniDesk</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        ${body}
        <script>
          ${raw(player)};
        </script>
      </body>
    </html> `;
