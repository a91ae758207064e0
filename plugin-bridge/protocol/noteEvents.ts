import { SoniError } from '../../main/contracts/errors.ts';

const eventBytes = 24;

/** A note for the plugin to send as MIDI, in frames of the host timeline at the instance's sample rate. */
export interface NoteEvent {
  readonly startFrame: bigint;
  readonly endFrame: bigint;
  /** 0 to 15. */
  readonly channel: number;
  readonly pitch: number;
  readonly velocity: number;
}

/** Payload of a `notes` frame: 24 bytes each, ordered by start. The list replaces the one before it. */
export function encodeNoteEvents(events: readonly NoteEvent[]): Uint8Array {
  const bytes = new Uint8Array(events.length * eventBytes);
  const view = new DataView(bytes.buffer);
  events.forEach((event, index) => {
    const at = index * eventBytes;
    view.setBigInt64(at, event.startFrame, true);
    view.setBigInt64(at + 8, event.endFrame, true);
    view.setUint8(at + 16, event.channel);
    view.setUint8(at + 17, event.pitch);
    view.setUint8(at + 18, event.velocity);
  });
  return bytes;
}

/** @throws SoniError `bad-input` for a broken length, a value out of MIDI's range or an end before its start. */
export function decodeNoteEvents(payload: Uint8Array): NoteEvent[] {
  if (payload.length % eventBytes !== 0) {
    throw new SoniError(
      'bad-input',
      `Notes of ${payload.length} bytes; a multiple of ${eventBytes} was expected.`,
    );
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Array.from({ length: payload.length / eventBytes }, (_, index) => {
    const at = index * eventBytes;
    const event: NoteEvent = {
      startFrame: view.getBigInt64(at, true),
      endFrame: view.getBigInt64(at + 8, true),
      channel: view.getUint8(at + 16),
      pitch: view.getUint8(at + 17),
      velocity: view.getUint8(at + 18),
    };
    if (
      event.channel > 15 ||
      event.pitch > 127 ||
      event.velocity > 127 ||
      event.endFrame < event.startFrame
    ) {
      throw new SoniError('bad-input', `Note ${index} is out of range.`, {
        ...event,
        startFrame: String(event.startFrame),
        endFrame: String(event.endFrame),
      });
    }
    return event;
  });
}
