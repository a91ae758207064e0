import type { AudioSource } from './audioSource.ts';
import { sniff } from './sniff.ts';
import { SoniError } from '../../contracts/errors.ts';
import { openWavSource } from './wavSource.ts';

/**
 * Opens any supported audio file.
 * @throws SoniError `not-found` | `denied` | `bad-input` | `unsupported`
 */
export async function openSource(path: string): Promise<AudioSource> {
  const format = await sniff(path);
  if (format === 'wav') return openWavSource(path);
  throw new SoniError('unsupported', `${path} is ${format}.`);
}
