import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installFactorsPack } from '../../support/factorsPack.ts';
import { installToneModel } from '../../support/toneModel.ts';
import { wave } from '../../cli/waveFiles.ts';

export const songSeconds = 12;
const sampleRate = 44_100;
/** Half a second each, within the octave that the test's transcriber hears. */
const melody = [60, 64, 67, 71, 67, 64];

/**
 * Sines with a click on every beat of 120 bpm: something to transcribe, to separate and to count. Loud enough
 * for the test's transcriber to hear them in the stem that gets a third of them.
 */
function song(frame: number): number {
  const seconds = frame / sampleRate;
  const step = Math.floor(seconds / 0.5);
  const within = seconds - step * 0.5;
  const pitch = melody[step % melody.length]!;
  const envelope = Math.min(1, within / 0.004, (0.5 - within) / 0.02);
  const tone = 0.95 * envelope * Math.sin(2 * Math.PI * 440 * 2 ** ((pitch - 69) / 12) * seconds);
  return tone + 0.3 * Math.exp(-200 * within) * Math.sin(frame * 1.3);
}

export interface DeskHome {
  /** SONIDESK_HOME with packs that separate and transcribe by real graphs in milliseconds. */
  readonly home: string;
  readonly song: string;
  readonly exports: string;
  readonly env: Record<string, string>;
  remove(): Promise<void>;
}

export async function deskHome(): Promise<DeskHome> {
  const home = await mkdtemp(join(tmpdir(), 'sonidesk-e2e-'));
  await installFactorsPack(home, 65_536);
  await installToneModel(join(home, 'packs'));
  // The tour is for people; what sees it has a home of its own.
  await mkdir(join(home, 'config'));
  await writeFile(join(home, 'config', 'preferences.json'), JSON.stringify({ tourSeen: true }));
  const file = join(home, 'First Song.wav');
  const options = { sampleRate, channels: 2, format: 3, bits: 32 } as const;
  await writeFile(file, wave(songSeconds * sampleRate, song, options));
  const inherited = Object.entries(process.env).flatMap(([name, value]) =>
    // Libraries behave differently where they believe to be tested.
    value === undefined || /^(VITEST|NODE_ENV|SONIDESK_|CI$)/.test(name) ? [] : [[name, value] as const],
  );
  return {
    home,
    song: file,
    exports: join(home, 'exports'),
    env: {
      ...Object.fromEntries(inherited),
      SONIDESK_HOME: home,
      SONIDESK_BRIDGE: join(home, 'bridge', 'bridge.json'),
      LANGUAGE: 'en',
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
