import { installToneModel } from '../../support/toneModel.ts';
import { runCli } from '../../cli/runCli.ts';
import { sampleRate } from './material.ts';
import type { Sandbox } from './sandbox.ts';
import { writeWave } from './wave.ts';

export interface Transcription {
  readonly pack: string;
  /** What to transcribe with it. */
  readonly input: string;
}

const melody = [60, 64, 67, 71, 67, 64, 62, 69];

/** Half a second each of a loud sine. */
function sung(): Float32Array {
  const length = sampleRate / 2;
  return Float32Array.from({ length: melody.length * length }, (_, n) => {
    const seconds = (n % length) / sampleRate;
    const envelope = Math.min(1, seconds / 0.004, (0.5 - seconds) / 0.02);
    const hertz = 440 * 2 ** ((melody[Math.floor(n / length)]! - 69) / 12);
    return 0.6 * envelope * Math.sin((2 * Math.PI * hertz * n) / sampleRate);
  });
}

/**
 * Installs Basic Pitch, for the take, where npm or the mirror folder has it. Without a network the tests' own small
 * model, which hears loud sines and nothing else, gets a melody of those.
 */
export async function prepareTranscription(sandbox: Sandbox, take: string): Promise<Transcription> {
  const home = sandbox.path('app');
  const npm = process.env['SONIDESK_NPM'] ?? 'npm';
  const { code } = await runCli(['packs', 'add', 'basic-pitch'], { home, env: { SONIDESK_NPM: npm } });
  if (code === 0) return { pack: 'basic-pitch', input: take };
  const pack = await installToneModel(sandbox.path('app', 'packs'));
  const tones = sung();
  const input = sandbox.path('melody.wav');
  await writeWave(input, [tones, tones], sampleRate);
  return { pack, input };
}
