import { sampleRate, type Track } from '../support/material.ts';
import { pluginIds, type PluginFormat, type Sandbox } from '../support/sandbox.ts';
import { readWave, writeWave, type Stereo } from '../support/wave.ts';
import { Ardour, type Speed } from './ardour.ts';
import { addClips, type Clip } from './sessionFile.ts';

/** All material starts here on the timeline: what comes before is the pre-roll, in which Ardour fades in. */
export const materialStart = sampleRate;
/** Records the master. */
const print = 'Print';
/** Records what the plugin on the first track plays as MIDI. */
const notes = 'Notes';

/** How long a roll may take on a busy machine, in seconds. */
const rollPatience = 180;

export interface ArdourSession {
  readonly folder: string;
  readonly name: string;
}

/**
 * A session with one track per part, our plugin first on each with the track's number as its slot, and the parts on the timeline.
 * @param settled resolves when all plugins have their slots: Ardour hands values over while it processes, and saves what it has
 */
export async function makeSession(
  sandbox: Sandbox,
  tracks: readonly Track[],
  format: PluginFormat,
  settled: () => Promise<unknown>,
): Promise<ArdourSession> {
  const session = { folder: sandbox.path(`session-${format}`), name: 'song' };
  const ardour = Ardour.start(sandbox, 'Normal Speed');
  await ardour.tell('create', session.folder, session.name);
  for (const [index, { name }] of tracks.entries()) {
    await ardour.tell('audioTrack', name);
    await ardour.tell('insert', name, format, pluginIds[format]);
    await ardour.tell('set', name, 'Slot', index + 1);
  }
  await ardour.tell('audioTrack', print);
  await ardour.tell('recordFrom', 'Master', print, 'audio');
  await ardour.tell('midiTrack', notes);
  await ardour.tell('recordFrom', tracks[0]!.name, notes, 'midi');
  await settled();
  await ardour.tell('save');
  await ardour.end();
  const clips: Clip[] = [];
  for (const { name, audio } of tracks) {
    const file = sandbox.path('material', `${name}.wav`);
    await writeWave(file, audio, sampleRate);
    clips.push({ track: name, file, frames: audio[0].length, start: materialStart });
  }
  await addClips(session.folder, session.name, clips, sampleRate);
  return session;
}

/** Opens the session in an Ardour of that speed, which is ended whatever happens. */
export async function withArdour<Result>(
  sandbox: Sandbox,
  session: ArdourSession,
  speed: Speed,
  work: (ardour: Ardour) => Promise<Result>,
): Promise<Result> {
  const ardour = Ardour.start(sandbox, speed);
  try {
    await ardour.tell('open', session.folder, session.name);
    await ardour.tell('locate', 0);
    return await work(ardour);
  } finally {
    await ardour.end();
  }
}

/** Rolls from where the transport stands until it has passed a frame. @returns where it stopped */
export async function roll(ardour: Ardour, until: number): Promise<number> {
  return Number(await ardour.tell('roll', until, rollPatience));
}

export interface TickNote {
  readonly start: number;
  readonly length: number;
  readonly pitch: number;
  readonly velocity: number;
}

export const byTime = (a: TickNote, b: TickNote): number =>
  a.start - b.start || a.pitch - b.pitch || a.length - b.length;

interface Recorded {
  /** Where the recording starts on the timeline. */
  readonly start: number;
  /** The files of a stereo track, or the notes. */
  readonly rest: readonly string[];
}

async function record(ardour: Ardour, track: string, until: number): Promise<Recorded> {
  await ardour.tell('locate', 0);
  const answer = await ardour.tell('record', track, until, rollPatience);
  const [start, ...rest] = answer.split('\t');
  return { start: Number(start), rest };
}

/** The master as Ardour records it from 0 to a frame. What comes from the master bus reaches another track one block later. */
export async function recordMaster(ardour: Ardour, until: number): Promise<Stereo> {
  const late = ardour.blockFrames;
  const { start, rest } = await record(ardour, print, until + late);
  const [left, right] = await Promise.all(rest.map(readWave));
  if (start !== 0 || !left || !right)
    throw new Error(`The recording starts at ${start}, in ${rest.length} files.`);
  return [left.audio[0].subarray(late, late + until), right.audio[0].subarray(late, late + until)];
}

/** The notes that Ardour records from 0 to a frame, on its ticks: 1920 a beat, 3840 a second. */
export async function recordNotes(ardour: Ardour, until: number): Promise<TickNote[]> {
  const { start, rest } = await record(ardour, notes, until);
  if (start !== 0) throw new Error(`The notes start at ${start}.`);
  return rest
    .map((note) => {
      const [at, length, pitch, velocity] = note.split(' ').map(Number);
      return { start: at!, length: length!, pitch: pitch!, velocity: velocity! };
    })
    .sort(byTime);
}
