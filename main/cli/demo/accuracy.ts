import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { stemNote } from '../../contracts/notes.ts';
import type { RunResult } from '../../contracts/workflows.ts';
import { beatAccuracy, noteAccuracy } from '../../demo/accuracy/notes.ts';
import { signalToDistortion } from '../../demo/accuracy/separation.ts';
import type { DemoSong, SongTruth } from '../../demo/demoSong.ts';
import type { AccuracyRow } from '../../report/reportData.ts';

const percent = (fraction: number): string => `${Math.round(100 * fraction)} %`;

function tempoRow({ tags }: RunResult, truth: SongTruth): AccuracyRow {
  const found = tags.tempo === null ? 'none' : `${tags.tempo.bpm.toFixed(2)} BPM`;
  const score =
    tags.tempo === null
      ? 'missed'
      : `off by ${(100 * Math.abs(tags.tempo.bpm / truth.bpm - 1)).toFixed(2)} %`;
  return { what: 'tempo', found, truth: `${truth.bpm} BPM`, score };
}

function keyRow({ tags }: RunResult, truth: SongTruth): AccuracyRow {
  const name = (key: { tonic: string; mode: string } | null): string =>
    key === null ? 'none' : `${key.tonic} ${key.mode}`;
  const right = name(tags.key) === name(truth.key);
  return { what: 'key', found: name(tags.key), truth: name(truth.key), score: right ? 'right' : 'wrong' };
}

function beatRow(what: string, found: readonly number[], truth: readonly number[]): AccuracyRow {
  return {
    what,
    found: String(found.length),
    truth: String(truth.length),
    score: `F1 ${percent(beatAccuracy(found, truth).f1)} within 70 ms`,
  };
}

/** Notes per stem or track; drums are not transcribed and not asked for. */
async function noteRows(run: RunResult, { truth }: DemoSong): Promise<AccuracyRow[]> {
  if (run.transcription === null) return [];
  const text = await readFile(run.transcription.notesFile, 'utf8');
  const found = z.array(stemNote).parse(JSON.parse(text));
  return run.tracks.flatMap(({ name, notes }) => {
    if (notes === null) return [];
    const played = truth.tracks
      .filter((track) => (run.separation === null ? track.name : track.family) === name)
      .flatMap((track) => track.notes);
    const heard = found.filter((note) => note.stem === name);
    const { precision, recall, f1 } = noteAccuracy(heard, played);
    return [
      {
        what: `notes of ${name}`,
        found: String(heard.length),
        truth: String(played.length),
        score: `F1 ${percent(f1)} (precision ${percent(precision)}, recall ${percent(recall)})`,
      },
    ];
  });
}

async function stemRows(run: RunResult, { stems }: DemoSong): Promise<AccuracyRow[]> {
  const rows: AccuracyRow[] = [];
  for (const { stem, file } of run.separation?.stems ?? []) {
    const truth = Object.entries(stems).find(([family]) => family === stem)?.[1];
    if (truth === undefined) continue;
    const sdr = await signalToDistortion(file, truth);
    rows.push({ what: `stem ${stem}`, found: '', truth: '', score: `SDR ${sdr.toFixed(1)} dB` });
  }
  return rows;
}

/** How near the results came to the song as it was made, good or bad. */
export async function demoAccuracy(run: RunResult, song: DemoSong): Promise<AccuracyRow[]> {
  const { tags } = run;
  return [
    tempoRow(run, song.truth),
    keyRow(run, song.truth),
    beatRow('beats', tags.beats, song.truth.beats),
    beatRow('bar starts', tags.downbeats, song.truth.downbeats),
    ...(await stemRows(run, song)),
    ...(await noteRows(run, song)),
  ];
}
