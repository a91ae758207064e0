import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parseMidi } from 'midi-file';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Note } from '../contracts/notes.ts';
import { parseMidiFile, readMidi } from './readMidi.ts';
import { constantTempo, entryAt, type TempoMap } from './tempoMap.ts';
import { midiBytes, writeMidi, type MidiTrack } from './writeMidi.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'midi-'));
});
afterAll(() => rm(folder, { recursive: true }));

const note = (onset: number, offset: number, pitch: number, more: Partial<Note> = {}): Note => ({
  onset,
  offset,
  pitch,
  velocity: 90,
  confidence: 0.8,
  ...more,
});
const track = (notes: Note[], more: Partial<MidiTrack> = {}): MidiTrack => ({
  name: 'bass',
  program: 33,
  channel: 1,
  notes,
  ...more,
});
const read = (bytes: Uint8Array) => parseMidiFile(bytes, 'test.mid');

test('a file has tempo and meter first, then named tracks with program and channel', async () => {
  const path = join(folder, 'song.mid');
  const tracks = [
    track([note(0.5, 1, 40)], { name: 'Baß 低音' }),
    track([note(0, 0.1, 36)], { name: 'drums', program: 0, channel: 9 }),
  ];
  await writeMidi(path, { tempoMap: constantTempo(120), tracks });
  const file = await readMidi(path);
  expect(file.ppq).toBe(960);
  expect(file.tempoMap).toEqual(constantTempo(120));
  expect(file.tracks).toEqual(
    tracks.map((one) => ({ ...one, notes: one.notes.map((each) => ({ ...each, confidence: 1 })) })),
  );
});

test('the header says type 1 and every track ends properly', () => {
  const { header, tracks } = parseMidi(midiBytes({ tempoMap: constantTempo(97), tracks: [track([])] }));
  expect(header).toEqual({ format: 1, numTracks: 2, ticksPerBeat: 960 });
  expect(tracks.map((events) => events.at(-1)!.type)).toEqual(['endOfTrack', 'endOfTrack']);
});

/** Tempo maps of up to 30 tempos from 20 to 300 bpm, a change every 0.3 to 40 beats. */
const tempoMaps = fc
  .array(
    fc.record({
      bpm: fc.double({ min: 20, max: 300, noNaN: true }),
      beats: fc.double({ min: 0.3, max: 40, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .map((segments): TempoMap => {
    let [seconds, beats] = [0, 0];
    const points = segments.map((segment) => {
      const point = { seconds, beats, bpm: segment.bpm };
      seconds += (segment.beats * 60) / segment.bpm;
      beats += segment.beats;
      return point;
    });
    return { points: points as [(typeof points)[0]], meters: [{ beats: 0, numerator: 3, denominator: 4 }] };
  });

test('times come back within half a tick at any tempo map', () => {
  fc.assert(
    fc.property(
      tempoMaps,
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 600, noNaN: true }), fc.double({ min: 0.05, max: 5, noNaN: true })),
        {
          maxLength: 60,
        },
      ),
      (tempoMap, times) => {
        // Each note on a pitch of its own, so that none is cut.
        const notes = times.map(([onset, length], pitch) => note(onset, onset + length, pitch));
        const back = read(midiBytes({ tempoMap, tracks: [track(notes)] }));
        const found = back.tracks[0]?.notes ?? [];
        expect(found).toHaveLength(notes.length);
        for (const each of found) {
          const wanted = notes[each.pitch]!;
          for (const time of ['onset', 'offset'] as const) {
            const fileTempo = entryAt(back.tempoMap.points, 'seconds', wanted[time] - 1e-9);
            const slower = Math.min(fileTempo.bpm, entryAt(back.tempoMap.points, 'seconds', each[time]).bpm);
            expect(Math.abs(each[time] - wanted[time])).toBeLessThanOrEqual((0.5 * 60) / slower / 960 + 1e-9);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('tempo changes stay where they are over thousands of uneven beats', () => {
  let seconds = 0;
  const points = Array.from({ length: 5000 }, (_, beats) => {
    const bpm = 120 + 7 * Math.sin(beats / 9);
    const point = { seconds, beats, bpm };
    seconds += 60 / bpm;
    return point;
  });
  const tempoMap: TempoMap = { ...constantTempo(120), points: points as [(typeof points)[0]] };
  const { points: back } = read(midiBytes({ tempoMap, tracks: [] })).tempoMap;
  const worst = Math.max(...back.map((point) => Math.abs(point.seconds - points[point.beats]!.seconds)));
  expect(worst).toBeLessThan(2e-6);
});

test('a pitch that is still sounding is ended before it starts again, and nothing hangs', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          onset: fc.integer({ min: 0, max: 40 }),
          length: fc.integer({ min: 0, max: 12 }),
          pitch: fc.integer({ min: 60, max: 62 }),
        }),
        { maxLength: 40 },
      ),
      (drawn) => {
        const notes = drawn.map(({ onset, length, pitch }) => note(onset / 8, (onset + length) / 8, pitch));
        const { tracks } = parseMidi(midiBytes({ tempoMap: constantTempo(90), tracks: [track(notes)] }));
        const sounding = new Set<number>();
        const started = new Set<string>();
        let [tick, twice, endedOnly] = [0, false, false];
        for (const event of tracks[1]!) {
          tick += event.deltaTime;
          if (event.type === 'noteOn') {
            twice ||= sounding.has(event.noteNumber);
            sounding.add(event.noteNumber);
            started.add(`${tick} ${event.noteNumber}`);
          }
          if (event.type === 'noteOff') endedOnly ||= !sounding.delete(event.noteNumber);
        }
        expect({ twice, endedOnly }).toEqual({ twice: false, endedOnly: false });
        expect(sounding.size).toBe(0);
        expect(started.size).toBe(new Set(drawn.map(({ onset, pitch }) => `${onset} ${pitch}`)).size);
      },
    ),
  );
});

test('uncertain notes are left out only when asked', () => {
  const tracks = [track([note(0, 1, 60, { confidence: 0.2 }), note(1, 2, 62, { confidence: 0.5 })])];
  const pitches = (minConfidence?: number) =>
    read(
      midiBytes({
        tempoMap: constantTempo(120),
        tracks,
        ...(minConfidence !== undefined && { minConfidence }),
      }),
    ).tracks[0]?.notes.map(({ pitch }) => pitch);
  expect(pitches()).toEqual([60, 62]);
  expect(pitches(0.5)).toEqual([62]);
});

test('bends are written only when asked, for notes that sound alone, with the range set', () => {
  const bend = [0, 0.5, 1, 4];
  const notes = [note(0, 1, 60, { bend }), note(2, 3, 62, { bend }), note(2.5, 3.5, 65, { bend })];
  const eventsOf = (pitchBends: boolean) =>
    parseMidi(midiBytes({ tempoMap: constantTempo(60), tracks: [track(notes)], pitchBends })).tracks[1]!;
  expect(eventsOf(false).some(({ type }) => type === 'pitchBend' || type === 'controller')).toBe(false);
  const events = eventsOf(true);
  const values = events.flatMap((event) => (event.type === 'pitchBend' ? [event.value] : []));
  // 0.5, 1 and 4 semitones of a range of 2, clipped; then straight for the notes that overlap.
  expect(values).toEqual([2048, 4096, 8191, 0]);
  const controls = events.flatMap((event) =>
    event.type === 'controller' ? [[event.controllerType, event.value]] : [],
  );
  expect(controls.slice(0, 4)).toEqual([
    [101, 0],
    [100, 0],
    [6, 2],
    [38, 0],
  ]);
});

test('what is no MIDI file is refused with a reason', async () => {
  const path = join(folder, 'text.mid');
  await writeFile(path, 'not music');
  await expect(readMidi(path)).rejects.toMatchObject({ kind: 'bad-input' });
  await expect(readMidi(join(folder, 'missing.mid'))).rejects.toMatchObject({ kind: 'not-found' });
});

test('an hour of dense notes is written whole', () => {
  const notes = Array.from({ length: 40_000 }, (_, i) => note(i / 10, i / 10 + 0.3, 30 + (i % 60)));
  const file = { tempoMap: constantTempo(120), tracks: [track(notes)] };
  const bytes = midiBytes(file);
  expect(read(bytes).tracks[0]!.notes).toHaveLength(notes.length);
});

test('equal files have equal bytes', () => {
  const file = { tempoMap: constantTempo(123.4), tracks: [track([note(0.1, 0.9, 50)])] };
  expect(midiBytes(file)).toEqual(midiBytes(structuredClone(file)));
});
