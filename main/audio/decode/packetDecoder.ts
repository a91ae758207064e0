import type { InputAudioTrack } from 'mediabunny';
import { SoniError } from '../../contracts/errors.ts';
import { SymphoniaDecoder } from './symphonia.ts';

export interface PacketDecoder {
  readonly format: string;
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  /** True when the channels come in Vorbis order. */
  readonly vorbisOrder: boolean;
  /** Decoded frames before the audio, when the codec itself says so; `null` when the container does. */
  readonly preSkip: number | null;
  /** `null` when the packet is damaged. */
  decode(packet: Uint8Array): Float32Array[] | null;
  close(): void;
}

const aacRates = [96, 88.2, 64, 48, 44.1, 32, 24, 22.05, 16, 12, 11.025, 8, 7.35].map((rate) => rate * 1000);

/** AudioSpecificConfig from an ADTS header (ISO 14496-3, 1.A.2.2). */
function fromAdtsHeader(packet: Uint8Array): { configuration: Uint8Array; channels: number } {
  const profile = (packet[2]! >> 6) + 1;
  const rate = (packet[2]! >> 2) & 15;
  const channels = ((packet[2]! & 1) << 2) | (packet[3]! >> 6);
  const bits = (profile << 11) | (rate << 7) | (channels << 3);
  return { configuration: Uint8Array.of(bits >> 8, bits & 0xff), channels };
}

const isAdts = (packet: Uint8Array) => packet[0] === 0xff && (packet[1]! & 0xf6) === 0xf0;

/** Header bytes of an ADTS frame: two more with a checksum. */
const adtsHeaderBytes = (packet: Uint8Array) => ((packet[1]! & 1) === 1 ? 7 : 9);

async function openAac(path: string, track: InputAudioTrack, first: Uint8Array): Promise<PacketDecoder> {
  const config = await track.getDecoderConfig();
  const kind = config?.codec ?? '';
  if (kind !== '' && kind !== 'mp4a.40.2') {
    throw new SoniError(
      'unsupported',
      `${path} holds HE-AAC or another special kind of AAC (${kind}), for which there is no open decoder that runs everywhere; AAC-LC can be read. Save it as WAV or FLAC in a program that plays it.`,
    );
  }
  if (track.numberOfChannels > 2) {
    throw new SoniError(
      'unsupported',
      `${path} holds AAC with ${track.numberOfChannels} channels; one or two can be read. Save it as WAV or FLAC in a program that plays it: these are read with any number of channels.`,
    );
  }
  const given = config?.description;
  const framed = given === undefined && isAdts(first);
  const configuration =
    given === undefined
      ? fromAdtsHeader(first).configuration
      : ArrayBuffer.isView(given)
        ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
        : new Uint8Array(given);
  const sampleRate = aacRates[((configuration[0]! & 7) << 1) | (configuration[1]! >> 7)] ?? track.sampleRate;
  const open = async () => {
    const decoder = await SymphoniaDecoder.open('aac', configuration, sampleRate);
    return (packet: Uint8Array) => decoder.decode(framed ? packet.subarray(adtsHeaderBytes(packet)) : packet);
  };
  // The channels are known for sure once a packet was decoded; that must not be the decoder used afterwards,
  // as every packet overlaps with the one before it.
  const probe = await open();
  return {
    format: framed ? 'AAC' : 'AAC in MP4',
    codec: 'AAC',
    sampleRate,
    channels: probe(first)?.length ?? track.numberOfChannels,
    vorbisOrder: false,
    preSkip: null,
    decode: await open(),
    close: () => {},
  };
}

async function openAlac(track: InputAudioTrack, cookie: Uint8Array): Promise<PacketDecoder> {
  // ALACSpecificConfig: channels at byte 9, sample rate in the last four of 24.
  const view = new DataView(cookie.buffer, cookie.byteOffset, cookie.byteLength);
  const sampleRate = view.getUint32(20) || track.sampleRate;
  const decoder = await SymphoniaDecoder.open('alac', cookie, sampleRate);
  return {
    format: 'ALAC in MP4',
    codec: 'ALAC',
    sampleRate,
    channels: view.getUint8(9),
    vorbisOrder: false,
    preSkip: null,
    decode: (packet) => decoder.decode(packet),
    close: () => {},
  };
}

/** Decodes at 48 kHz, as all Opus does whatever the rate of its source was (RFC 7845, 5.1). */
async function openOpus(path: string, track: InputAudioTrack): Promise<PacketDecoder> {
  const given = (await track.getDecoderConfig())?.description;
  const head =
    given === undefined
      ? null
      : ArrayBuffer.isView(given)
        ? Buffer.from(given.buffer, given.byteOffset, given.byteLength)
        : Buffer.from(new Uint8Array(given));
  if (head === null || head.length < 19 || head.toString('latin1', 0, 8) !== 'OpusHead') {
    throw new SoniError('bad-input', `${path} is damaged: its Opus header is missing.`);
  }
  const channels = head.readUInt8(9);
  const mapped = head.readUInt8(18) !== 0 && head.length >= 21 + channels;
  const { OpusDecoder } = await import('opus-decoder');
  const decoder = new OpusDecoder({
    channels,
    streamCount: mapped ? head.readUInt8(19) : 1,
    coupledStreamCount: mapped ? head.readUInt8(20) : channels - 1,
    channelMappingTable: mapped ? [...head.subarray(21, 21 + channels)] : [...Array(channels).keys()],
  });
  await decoder.ready;
  const gain = 10 ** (head.readInt16LE(16) / 256 / 20);
  return {
    format: 'Ogg Opus',
    codec: 'Opus',
    sampleRate: 48_000,
    channels,
    vorbisOrder: true,
    preSkip: head.readUInt16LE(10),
    decode(packet) {
      const { channelData, samplesDecoded, errors } = decoder.decodeFrame(packet);
      if (errors.length > 0 || samplesDecoded === 0) return null;
      return channelData.map((plane) => plane.slice(0, samplesDecoded).map((sample) => sample * gain));
    },
    close: () => decoder.free(),
  };
}

/** @throws SoniError `unsupported` | `bad-input` */
export async function openPacketDecoder(
  path: string,
  track: InputAudioTrack,
  first: Uint8Array,
  alacCookie: Uint8Array | null,
): Promise<PacketDecoder> {
  if (track.codec === 'aac') return openAac(path, track, first);
  if (track.codec === 'opus') return openOpus(path, track);
  if (alacCookie !== null) return openAlac(track, alacCookie);
  const name = track.codec ?? String(track.internalCodecId);
  throw new SoniError(
    'unsupported',
    `${path} holds ${name} audio, which is not read from this kind of file; convert it to WAV or FLAC first.`,
  );
}
