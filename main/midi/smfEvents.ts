/**
 * The events of a Standard MIDI File (RP-001) that this product writes, as bytes, and tracks of them.
 * Reading is done with the library midi-file; its writer copies all that it has for every event (34 s for
 * 10,000 notes), so writing is ours.
 */
export type EventBytes = readonly number[];

/** An event at its place in the file. */
export interface PlacedEvent {
  readonly tick: number;
  /** Orders events of one tick: ends of notes (0), then everything else (1), then starts (2). */
  readonly rank: 0 | 1 | 2;
  readonly bytes: EventBytes;
}

export const noteOn = (channel: number, pitch: number, velocity: number): EventBytes => [
  0x90 | channel,
  pitch,
  velocity,
];

export const noteOff = (channel: number, pitch: number): EventBytes => [0x80 | channel, pitch, 0];

export const controller = (channel: number, number: number, value: number): EventBytes => [
  0xb0 | channel,
  number,
  value,
];

export const programChange = (channel: number, program: number): EventBytes => [0xc0 | channel, program];

/** @param value -8192 to 8191 */
export const pitchBend = (channel: number, value: number): EventBytes => {
  const raw = value + 0x2000;
  return [0xe0 | channel, raw & 0x7f, raw >> 7];
};

/** Any text is UTF-8, which is what programs of today read. */
export const trackName = (name: string): EventBytes => meta(0x03, [...new TextEncoder().encode(name)]);

/** @param microseconds of a quarter note */
export const setTempo = (microseconds: number): EventBytes =>
  meta(0x51, [microseconds >> 16, (microseconds >> 8) & 0xff, microseconds & 0xff]);

/** @param denominator a power of two */
export const timeSignature = (numerator: number, denominator: number): EventBytes => {
  const clocksPerClick = 24;
  const thirtySecondsPerQuarter = 8;
  return meta(0x58, [numerator, Math.round(Math.log2(denominator)), clocksPerClick, thirtySecondsPerQuarter]);
};

const endOfTrack: EventBytes = [0xff, 0x2f, 0];

const meta = (type: number, data: EventBytes): EventBytes => [
  0xff,
  type,
  ...variableLength(data.length),
  ...data,
];

/** Seven bits a byte, the most significant first, all but the last marked. */
function variableLength(value: number): EventBytes {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** A track chunk with its name first. */
export function encodeTrack(name: string, events: readonly PlacedEvent[]): Uint8Array {
  const bytes = [0, ...trackName(name)];
  let tick = 0;
  for (const event of events.toSorted((a, b) => a.tick - b.tick || a.rank - b.rank)) {
    bytes.push(...variableLength(event.tick - tick), ...event.bytes);
    ({ tick } = event);
  }
  bytes.push(0, ...endOfTrack);
  return chunk('MTrk', bytes);
}

/** Header chunk of a type 1 file. */
export const encodeHeader = (tracks: number, ppq: number): Uint8Array =>
  chunk('MThd', [0, 1, tracks >> 8, tracks & 0xff, ppq >> 8, ppq & 0xff]);

function chunk(kind: 'MThd' | 'MTrk', data: EventBytes): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  bytes.set(new TextEncoder().encode(kind));
  new DataView(bytes.buffer).setUint32(4, data.length);
  bytes.set(data, 8);
  return bytes;
}
