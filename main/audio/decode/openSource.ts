import { SoniError } from '../../contracts/errors.ts';
import { highestRate } from '../wav/wavFormat.ts';
import type { AudioSource } from './audioSource.ts';
import { openAiffSource } from './aiffSource.ts';
import { openPacketSource } from './packetSource.ts';
import { sniff } from './sniff.ts';
import { streamFormats } from './streamFormats.ts';
import { openStreamSource } from './streamSource.ts';
import { openWavSource } from './wavSource.ts';

/**
 * Opens any supported audio file: WAV and AIFF by our own readers, FLAC, MP3 and Vorbis by libFLAC, mpg123 and
 * libvorbis in WebAssembly (which find their frames themselves), MP4, ADTS, Opus and Matroska through mediabunny's
 * demuxers (which give exact packet times) with libopus and Symphonia. A native FFmpeg would do all of this
 * too, but every build of it on npm is under the GPL, weighs 60 MB a platform, or both.
 * @throws SoniError `not-found` | `denied` | `bad-input` | `unsupported`
 */
export async function openSource(path: string): Promise<AudioSource> {
  const source = await openFormat(path);
  const { channels, sampleRate } = source;
  if (channels >= 1 && channels <= mostChannels && sampleRate >= 1 && sampleRate <= highestRate)
    return source;
  await source.close();
  throw new SoniError(
    'bad-input',
    `${path} is damaged: its header says ${channels} channels at ${sampleRate} Hz. Export or copy it again.`,
  );
}

/** No recording has more; a header that says so is damage. */
const mostChannels = 1024;

async function openFormat(path: string): Promise<AudioSource> {
  const format = await sniff(path);
  switch (format) {
    case 'wav':
      return openWavSource(path);
    case 'aiff':
      return openAiffSource(path);
    case 'mp4':
    case 'adts':
    case 'ogg-opus':
    case 'matroska':
      return openPacketSource(path, format);
    case 'flac':
    case 'ogg-flac':
    case 'ogg-vorbis':
    case 'mp3':
      return openStreamSource(path, streamFormats[format]);
  }
}
