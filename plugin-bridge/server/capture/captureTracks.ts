import { resolve } from 'node:path';
import type { z } from 'zod';
import type { bridge } from '../../../main/contracts/bridge.ts';
import { SoniError } from '../../../main/contracts/errors.ts';
import type { Take } from '../../../main/contracts/session.ts';
import type { BridgeServer } from '../bridgeServer.ts';
import { exportAudio, type ExportedFile } from './exportAudio.ts';

type Capture = (typeof bridge)['methods']['capture'];

/** What one track has given since the capture began. */
interface Piece {
  readonly takeId: string;
  readonly trackId: string;
  /** First frame inside the take. */
  readonly from: number;
  frames: number;
  ended: boolean;
}

const lookMs = 100;
/** Plugins of one host start and end within this time of each other. */
const stragglerMs = 500;
/** A transport that stands this long has stopped; plugins that say so themselves are believed at once. */
const stoppedMs = 1000;

/**
 * Follows what is recorded from now on, and writes it to files of its own when enough is there.
 * @throws SoniError `not-found` of a named track | `cancelled` | `no-space` | `denied`
 */
export async function captureTracks(
  server: BridgeServer,
  { seconds, tracks, directory }: z.output<Capture['input']>,
  signal: AbortSignal,
  report: (event: z.input<Capture['event']>) => void,
): Promise<ExportedFile[]> {
  const wanted = tracks === null ? null : new Set(tracks.map((name) => server.book.find(name).id));
  const pieces = await follow(server, wanted, seconds, signal, (done) =>
    report({ state: done === 0 ? 'waiting' : 'recording', seconds: done }),
  );
  report({ state: 'writing', seconds: 0 });
  const files: ExportedFile[] = [];
  for (const piece of pieces) {
    if (signal.aborted) throw new SoniError('cancelled', 'Cancelled.');
    await server.source(piece.trackId)?.recorder?.settled();
    files.push(await writePiece(server, piece, resolve(directory)));
  }
  return files;
}

async function follow(
  server: BridgeServer,
  wanted: ReadonlySet<string> | null,
  seconds: number | null,
  signal: AbortSignal,
  progress: (seconds: number) => void,
): Promise<Piece[]> {
  const pieces = new Map<string, Piece>();
  /** Frames that open takes had before. */
  const before = new Map<string, number>();
  for (const { recorder } of server.sources()) {
    if (recorder?.recording != null) before.set(recorder.recording, recorder.recordedFrames);
  }
  let overSince: number | undefined;
  const isOver = () => {
    const perTrack = new Map<string, number>();
    let recording = false;
    let full = true;
    for (const live of server.sources()) {
      const recorder = live.recorder;
      const takeId = recorder?.recording;
      if (recorder === undefined || takeId == null || (wanted !== null && !wanted.has(live.id))) continue;
      const from = before.get(takeId) ?? 0;
      const frames = recorder.recordedFrames - from;
      if (frames === 0) continue;
      const piece = pieces.get(takeId) ?? { takeId, trackId: live.id, from, frames, ended: false };
      piece.frames = frames;
      pieces.set(takeId, piece);
      if (recorder.idleMs < stoppedMs) recording = true;
    }
    for (const { trackId, takeId, frames, ended } of pieces.values()) {
      // Its last frames are known when it has been written.
      if (!ended && server.source(trackId)?.recorder?.recording !== takeId) recording = true;
      const rate = server.source(trackId)?.sampleRate ?? 48_000;
      perTrack.set(trackId, (perTrack.get(trackId) ?? 0) + frames / rate);
    }
    for (const done of perTrack.values()) if (seconds === null || done < seconds) full = false;
    progress(Math.max(0, ...perTrack.values()));
    if (pieces.size === 0 || (!full && recording)) overSince = undefined;
    else overSince ??= performance.now();
    return overSince !== undefined && performance.now() - overSince > stragglerMs;
  };
  const stop = server.onEvent((event) => {
    if (event.type !== 'take-ended') return;
    const { take } = event;
    if (wanted !== null && !wanted.has(take.trackId)) return;
    const from = before.get(take.id) ?? 0;
    if (pieces.has(take.id) || take.started >= began) {
      pieces.set(take.id, {
        takeId: take.id,
        trackId: take.trackId,
        from,
        frames: take.frames - from,
        ended: true,
      });
    }
  });
  const began = Date.now();
  try {
    await until(isOver, signal);
  } finally {
    stop();
  }
  return limit([...pieces.values()], seconds, server);
}

/** At most so many seconds of each track. */
function limit(pieces: readonly Piece[], seconds: number | null, server: BridgeServer): Piece[] {
  if (seconds === null) return [...pieces];
  const left = new Map<string, number>();
  return pieces.flatMap((piece) => {
    const take = takeOf(server, piece);
    const available = left.get(piece.trackId) ?? Math.round(seconds * take.sampleRate);
    const frames = Math.min(available, piece.frames);
    left.set(piece.trackId, available - frames);
    return frames > 0 ? [{ ...piece, frames }] : [];
  });
}

function takeOf(server: BridgeServer, { trackId, takeId }: Piece): Take {
  const take = server.takes(trackId).find(({ id }) => id === takeId);
  if (take === undefined) throw new SoniError('internal', `Take ${takeId} has vanished.`);
  return take;
}

function writePiece(server: BridgeServer, piece: Piece, directory: string): Promise<ExportedFile> {
  const take = takeOf(server, piece);
  const { takeId, trackId, from, frames } = piece;
  const region = { takeId, hostStart: take.hostStart + from, takeStart: from, frames };
  const { name } = server.track(trackId);
  return exportAudio(
    { trackId, name, takes: [take], regions: [region] },
    server.session.audioDirectory,
    directory,
  );
}

function until(isOver: () => boolean, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearInterval(timer);
      signal.removeEventListener('abort', cancelled);
    };
    const cancelled = () => {
      settle();
      reject(new SoniError('cancelled', 'Cancelled.'));
    };
    const timer = setInterval(() => {
      if (!isOver()) return;
      settle();
      resolve();
    }, lookMs);
    if (signal.aborted) cancelled();
    else signal.addEventListener('abort', cancelled, { once: true });
  });
}
