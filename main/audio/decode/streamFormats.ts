import { FilePathSource, Input, MP3 } from 'mediabunny';
import type { HeaderFacts, StreamFormat } from './streamSource.ts';

/** A native FLAC file's STREAMINFO (RFC 9639, 8.2). */
function streamInfo(head: Uint8Array): HeaderFacts | null {
  if (head.length < 42 || String.fromCharCode(...head.subarray(0, 4)) !== 'fLaC') return null;
  const sampleRate = (head[18]! << 12) | (head[19]! << 4) | (head[20]! >> 4);
  const channels = ((head[20]! >> 1) & 7) + 1;
  // 36 bits; 0 stands for "unknown".
  const frames = head.subarray(22, 26).reduce((sum, byte) => sum * 256 + byte, head[21]! & 15);
  return sampleRate > 0 ? { sampleRate, channels, frames } : null;
}

async function mp3Channels(path: string): Promise<number> {
  const input = new Input({ formats: [MP3], source: new FilePathSource(path) });
  try {
    return (await input.getPrimaryAudioTrack())?.numberOfChannels ?? 2;
  } catch {
    // Its demuxer is stricter than mpg123; where it gives up, what mpg123 makes stands.
    return 2;
  } finally {
    input.dispose();
  }
}

const flacDecoder = async () => new (await import('@wasm-audio-decoders/flac')).FLACDecoder();

/** Loaded when first needed: each brings its own WebAssembly. */
export const streamFormats = {
  flac: { name: 'FLAC', create: flacDecoder, header: streamInfo },
  'ogg-flac': { name: 'FLAC in Ogg', create: flacDecoder },
  'ogg-vorbis': {
    name: 'Ogg Vorbis',
    create: async () => new (await import('@wasm-audio-decoders/ogg-vorbis')).OggVorbisDecoder(),
    vorbisOrder: true,
  },
  mp3: {
    name: 'MP3',
    // mpg123 is set to make stereo of everything.
    channelsOf: mp3Channels,
    // Gapless: mpg123 removes what the encoder's LAME tag says was added.
    create: async () => new (await import('mpg123-decoder')).MPEGDecoder({ enableGapless: true }),
  },
} as const satisfies Record<string, StreamFormat>;
