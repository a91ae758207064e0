import { readFile } from 'node:fs/promises';
import { parseMidi, type MidiData, type MidiEvent } from 'midi-file';
import { SoniError } from '../contracts/errors.ts';
import type { Note } from '../contracts/notes.ts';
import { fileError } from '../platform/fileError.ts';
import type { Meter, TempoMap, TempoPoint } from './tempoMap.ts';
import { tickToSeconds, type TickPoint } from './tickMap.ts';
import type { MidiTrack } from './writeMidi.ts';

export interface ReadMidiFile {
  readonly ppq: number;
  readonly tempoMap: TempoMap;
  /** One for every track and channel that holds notes, in the order of the file. */
  readonly tracks: readonly MidiTrack[];
}

/**
 * Reads a Standard MIDI File of type 0 or 1. Every note has confidence 1: somebody wrote it.
 * @throws SoniError `not-found` | `denied` | `bad-input` | `unsupported` (SMPTE time)
 */
export async function readMidi(path: string): Promise<ReadMidiFile> {
  const bytes = await readFile(path).catch((thrown: unknown) => {
    throw fileError(thrown, `read ${path}`);
  });
  return parseMidiFile(bytes, path);
}

/** @param where named in error messages */
export function parseMidiFile(bytes: Uint8Array, where: string): ReadMidiFile {
  const { header, tracks } = decode(bytes, where);
  const ppq = header.ticksPerBeat;
  if (ppq === undefined || ppq === 0) {
    throw new SoniError('unsupported', `${where} counts time in SMPTE frames; only quarter notes are read.`);
  }
  const absolute = tracks.map(withTicks);
  const points = tempoPoints(absolute.flat(), ppq);
  return {
    ppq,
    tempoMap: tempoMapOf(points, absolute.flat(), ppq),
    tracks: absolute.flatMap((events) => channelTracks(events, points, ppq)),
  };
}

function decode(bytes: Uint8Array, where: string): MidiData {
  try {
    return parseMidi(bytes);
  } catch (thrown) {
    // The library throws texts.
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SoniError('bad-input', `${where} is no Standard MIDI File that can be read: ${reason}`);
  }
}

interface TimedEvent {
  readonly tick: number;
  readonly event: MidiEvent;
}

function withTicks(events: readonly MidiEvent[]): TimedEvent[] {
  let tick = 0;
  return events.map((event) => ({ tick: (tick += event.deltaTime), event }));
}

const defaultMicroseconds = 500_000;

function tempoPoints(events: readonly TimedEvent[], ppq: number): TickPoint[] {
  const changes = events
    .flatMap(({ tick, event }) =>
      event.type === 'setTempo' ? [{ tick, microseconds: event.microsecondsPerBeat }] : [],
    )
    .sort((a, b) => a.tick - b.tick);
  const points: TickPoint[] = [{ tick: 0, seconds: 0, microseconds: defaultMicroseconds }];
  for (const change of changes) {
    const seconds = tickToSeconds(points, ppq, change.tick);
    if (points.at(-1)!.tick === change.tick) points.pop();
    points.push({ ...change, seconds });
  }
  return points;
}

function tempoMapOf(points: readonly TickPoint[], events: readonly TimedEvent[], ppq: number): TempoMap {
  const meters: Meter[] = [{ beats: 0, numerator: 4, denominator: 4 }];
  const signatures = events.filter(({ event }) => event.type === 'timeSignature');
  for (const { tick, event } of signatures.sort((a, b) => a.tick - b.tick)) {
    if (event.type !== 'timeSignature') continue;
    if (meters.at(-1)!.beats === tick / ppq) meters.pop();
    meters.push({ beats: tick / ppq, numerator: event.numerator, denominator: event.denominator });
  }
  const tempos = points.map(({ tick, seconds, microseconds }): TempoPoint => ({
    seconds,
    beats: tick / ppq,
    bpm: 60e6 / microseconds,
  }));
  return { points: tempos as [TempoPoint], meters: meters as [Meter] };
}

/** The notes of one track, a track for each channel. */
function channelTracks(
  events: readonly TimedEvent[],
  points: readonly TickPoint[],
  ppq: number,
): MidiTrack[] {
  const seconds = (tick: number) => tickToSeconds(points, ppq, tick);
  const tracks = new Map<number, { program: number; notes: Note[] }>();
  const programs = new Map<number, number>();
  /** Notes that sound, the oldest first, by channel and pitch. */
  const sounding = new Map<string, { tick: number; velocity: number }[]>();
  let name = '';
  for (const { tick, event } of events) {
    if (event.type === 'trackName' && name === '') name = Buffer.from(event.text, 'latin1').toString('utf8');
    if (event.type === 'programChange') programs.set(event.channel, event.programNumber);
    if (event.type !== 'noteOn' && event.type !== 'noteOff') continue;
    const key = `${event.channel} ${event.noteNumber}`;
    const waiting = sounding.get(key) ?? [];
    sounding.set(key, waiting);
    if (event.type === 'noteOn') {
      waiting.push({ tick, velocity: event.velocity });
      continue;
    }
    const started = waiting.shift();
    if (started === undefined) continue;
    const track = tracks.get(event.channel) ?? { program: programs.get(event.channel) ?? 0, notes: [] };
    tracks.set(event.channel, track);
    track.notes.push({
      onset: seconds(started.tick),
      offset: seconds(tick),
      pitch: event.noteNumber,
      velocity: started.velocity,
      confidence: 1,
    });
  }
  return [...tracks].map(([channel, { program, notes }]) => ({
    name,
    program,
    channel,
    notes: notes.sort((a, b) => a.onset - b.onset || a.pitch - b.pitch),
  }));
}
