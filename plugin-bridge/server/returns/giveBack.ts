import { resolve } from 'node:path';
import type { z } from 'zod';
import type { bridge, BridgeTrack } from '../../../main/contracts/bridge.ts';
import { SoniError } from '../../../main/contracts/errors.ts';
import type { ReturnKind, Track } from '../../../main/contracts/session.ts';
import { openWav } from '../../../main/audio/wav/wavReader.ts';
import { readMidi } from '../../../main/midi/readMidi.ts';
import type { BridgeServer } from '../bridgeServer.ts';
import { notesOfMidi } from './midiNotes.ts';
import type { ReturnedNotes } from './returned.ts';

type Methods = (typeof bridge)['methods'];
type Input<M extends keyof Methods> = z.output<Methods[M]['input']>;
type Output<M extends keyof Methods> = z.output<Methods[M]['output']>;

interface Given {
  readonly track: BridgeTrack;
  /** The plugin is there and has been sent it; otherwise it gets it when it comes. */
  readonly delivered: boolean;
}

/** Keeps it in the session, so that it survives both sides, and sends it when the plugin is there. */
function give(server: BridgeServer, track: Track, kind: ReturnKind, payload: unknown): Given {
  server.session.returns.put(track.id, kind, payload);
  const live = server.live(track.id);
  live?.give(kind);
  return { track: server.describe(track), delivered: live !== undefined };
}

/** The rate a track runs at: its plugin's, or that of its newest take. */
function rateOf(server: BridgeServer, track: Track): number | undefined {
  return server.live(track.id)?.sampleRate ?? newestTake(server, track)?.sampleRate;
}

const newestTake = (server: BridgeServer, track: Track) =>
  server.session.tracks.takes(track.id).sort((a, b) => b.started - a.started)[0];

/** @throws SoniError `not-found` | `bad-input` (files the plugin cannot play) */
export async function returnStems(
  server: BridgeServer,
  { track: wanted, stems, listen }: Input<'returnStems'>,
): Promise<Output<'returnStems'>> {
  const track = server.book.find(wanted);
  const rate = rateOf(server, track);
  const checked = await Promise.all(
    stems.map(async (stem) => ({ ...stem, file: await playable(stem.file, rate) })),
  );
  const given = give(server, track, 'stems', { stems: checked });
  if (listen) give(server, track, 'monitor', { source: checked.length > 0 ? 'stems' : 'original' });
  return { ...given, track: server.describe(track) };
}

/** The plugin reads files itself and cannot convert them. */
async function playable(file: string, rate: number | undefined): Promise<string> {
  const path = resolve(file);
  const reader = await openWav(path);
  await reader.close();
  if (reader.encoding !== 'float32') {
    throw new SoniError(
      'bad-input',
      `${path} holds ${reader.encoding} samples; the plugin plays float32 WAV.`,
    );
  }
  if (rate !== undefined && reader.sampleRate !== rate) {
    throw new SoniError(
      'bad-input',
      `${path} is at ${reader.sampleRate} Hz, the track runs at ${rate} Hz. Make the stems from a take of this track, or resample them.`,
    );
  }
  return path;
}

/** @throws SoniError `not-found` | `bad-input` | `unsupported` */
export async function returnNotes(
  server: BridgeServer,
  { track: wanted, midi, startFrame }: Input<'returnNotes'>,
): Promise<Output<'returnNotes'>> {
  const track = server.book.find(wanted);
  const notes = midi === null ? [] : notesOfMidi(await readMidi(resolve(midi)));
  const payload: ReturnedNotes = {
    midi: midi === null ? '' : resolve(midi),
    startFrame: startFrame ?? newestTake(server, track)?.hostStart ?? 0,
    sampleRate: rateOf(server, track) ?? 48_000,
    notes,
  };
  return { ...give(server, track, 'notes', payload), notes: notes.length, startFrame: payload.startFrame };
}

/** @throws SoniError `not-found` of the named track | `bad-usage` when the plan does not say which strip is meant */
export function returnMix(
  server: BridgeServer,
  { track: wanted, plan }: Input<'returnMix'>,
): Output<'returnMix'> {
  const applied: Output<'returnMix'>['applied'] = [];
  const unknown: string[] = [];
  const apply = (track: Track, strip: unknown) => {
    const { delivered } = give(server, track, 'strip', { strip });
    applied.push({ track: track.id, name: track.name, delivered });
  };
  if (wanted !== null) {
    const track = server.book.find(wanted);
    const same = plan.tracks.find(({ name }) => name.toLowerCase() === track.name.toLowerCase());
    const meant = same ?? (plan.tracks.length === 1 ? plan.tracks[0] : undefined);
    if (meant === undefined) {
      const names = plan.tracks.map(({ name }) => name).join(', ');
      throw new SoniError('bad-usage', `The plan has no track "${track.name}"; it has: ${names}.`);
    }
    apply(track, meant.strip);
    return { applied, unknown };
  }
  for (const { name, strip } of plan.tracks) {
    const found = server.book.list().filter((track) => track.name.toLowerCase() === name.toLowerCase());
    if (found.length === 0) unknown.push(name);
    for (const track of found) apply(track, strip);
  }
  return { applied, unknown };
}

/** @throws SoniError `not-found` */
export function listenTo(server: BridgeServer, { track: wanted, source }: Input<'listen'>): Output<'listen'> {
  const { delivered } = give(server, server.book.find(wanted), 'monitor', { source });
  return { delivered };
}
