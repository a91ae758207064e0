import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createWav } from '../audio/wav/wavWriter.ts';
import { note, type Note } from '../contracts/notes.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';
import { addStereo, silence, type Stereo } from './compose/dsp/stereo.ts';
import { secondsAt, songFrames, type PlayedNote } from './compose/performance.ts';
import { finish, roughFaders, tracks, type Family, type RenderedTrack } from './compose/render.ts';
import { song } from './compose/song.ts';

const families: readonly Family[] = ['vocals', 'drums', 'bass', 'other'];

/** What is known of the song because we made it. */
export const songTruth = z.object({
  fingerprint: z.string(),
  title: z.string(),
  bpm: z.number(),
  key: z.object({ tonic: z.string(), mode: z.string() }),
  durationSeconds: z.number(),
  beats: z.array(z.number()),
  downbeats: z.array(z.number()),
  /** What was played, per track; drums as General MIDI percussion. */
  tracks: z.array(z.object({ name: z.string(), family: z.string(), notes: z.array(note) })),
});
export type SongTruth = z.infer<typeof songTruth>;

export interface DemoSong {
  /** The finished mix, 48 kHz stereo, 24 bit. */
  readonly mix: string;
  /** The tracks before mixing, faders left in disorder. */
  readonly session: readonly string[];
  /** The stems that the finished mix is the sum of, by family. */
  readonly stems: Readonly<Record<Family, string>>;
  readonly truth: SongTruth;
}

const places = (directory: string): Omit<DemoSong, 'truth'> & { truth: string } => ({
  mix: join(directory, `${song.title}.wav`),
  session: Object.keys(roughFaders).map((name) => join(directory, 'session', `${name}.wav`)),
  stems: Object.fromEntries(
    families.map((family) => [family, join(directory, 'stems', `${family}.wav`)]),
  ) as Record<Family, string>,
  truth: join(directory, 'truth.json'),
});

/**
 * The demo song as files in `directory`: synthesised on first use (some ten seconds), found there afterwards.
 * @throws SoniError `denied` | `no-space`
 */
export async function demoSong(
  directory: string,
  onProgress: (label: string, fraction: number) => void,
): Promise<DemoSong> {
  const at = places(directory);
  // A changed program may play the song differently: its own code is the version of the song.
  const fingerprint = createHash('sha256')
    .update(await readFile(fileURLToPath(import.meta.url)))
    .digest('hex');
  const known = await readTruth(at.truth);
  if (known?.fingerprint === fingerprint) return { ...at, truth: known };

  const rendered: RenderedTrack[] = [];
  for (const [i, play] of tracks.entries()) {
    onProgress(`Playing track ${i + 1} of ${tracks.length}`, i / (tracks.length + 1));
    const track = play();
    rendered.push(track);
    await write(join(directory, 'session', `${track.name}.wav`), faded(track));
  }
  onProgress('Mixing', tracks.length / (tracks.length + 1));
  await write(at.mix, finish(rendered));
  for (const family of families) {
    const stem = silence(songFrames);
    for (const track of rendered) if (track.family === family) addStereo(stem, track.audio, 1);
    await write(at.stems[family], stem);
  }
  const truth = truthOf(rendered, fingerprint);
  await writeFileAtomic(at.truth, JSON.stringify(truth));
  return { ...at, truth };
}

async function readTruth(path: string): Promise<SongTruth | undefined> {
  try {
    return songTruth.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Missing or from another version: the song is played again.
    return undefined;
  }
}

function faded(track: RenderedTrack): Stereo {
  const gain = 10 ** ((roughFaders[track.name] ?? 0) / 20);
  const scaled = (channel: Float32Array): Float32Array => channel.map((value) => gain * value);
  return { left: scaled(track.audio.left), right: scaled(track.audio.right) };
}

async function write(path: string, audio: Stereo): Promise<void> {
  const writer = await createWav(path, { sampleRate: song.sampleRate, channels: 2, encoding: 'int24' });
  try {
    await writer.write([audio.left, audio.right]);
    await writer.close();
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
}

const asNote = (played: PlayedNote): Note => ({ ...played, confidence: 1 });

function truthOf(rendered: readonly RenderedTrack[], fingerprint: string): SongTruth {
  const beats = Array.from({ length: song.bars * song.beatsPerBar }, (_, beat) => secondsAt(beat));
  return {
    fingerprint,
    title: song.title,
    bpm: song.bpm,
    key: song.key,
    durationSeconds: songFrames / song.sampleRate,
    beats,
    downbeats: beats.filter((_, i) => i % song.beatsPerBar === 0),
    tracks: rendered.map(({ name, family, notes }) => ({ name, family, notes: notes.map(asNote) })),
  };
}
