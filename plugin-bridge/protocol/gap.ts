import { SoniError } from '../../main/contracts/errors.ts';

const gapBytes = 24;

/** Audio that the plugin could not send: its ring was full. Shown to the user, never hidden. */
export interface Gap {
  readonly hostFrame: bigint;
  readonly streamFrame: bigint;
  readonly frames: bigint;
}

export function encodeGap(gap: Gap): Uint8Array {
  const bytes = new Uint8Array(gapBytes);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, gap.hostFrame, true);
  view.setBigUint64(8, gap.streamFrame, true);
  view.setBigUint64(16, gap.frames, true);
  return bytes;
}

/** @throws SoniError `bad-input` */
export function decodeGap(payload: Uint8Array): Gap {
  if (payload.length !== gapBytes) {
    throw new SoniError('bad-input', `A gap of ${payload.length} bytes; ${gapBytes} were expected.`);
  }
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    hostFrame: view.getBigInt64(0, true),
    streamFrame: view.getBigUint64(8, true),
    frames: view.getBigUint64(16, true),
  };
}
