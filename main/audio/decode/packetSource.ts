import {
  ADTS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  OGG,
  QTFF,
  WEBM,
  type EncodedPacket,
  type InputAudioTrack,
} from 'mediabunny';
import { SoniError } from '../../contracts/errors.ts';
import type { AudioSource } from './audioSource.ts';
import { afterFrame } from './afterFrame.ts';
import { fromVorbisOrder, usualMask } from './channelOrder.ts';
import { openPacketDecoder, type PacketDecoder } from './packetDecoder.ts';
import { discardedAtEnd } from './matroskaFacts.ts';
import { readMp4Facts, type Mp4Facts } from './mp4Facts.ts';

export type PacketFormat = 'mp4' | 'adts' | 'ogg-opus' | 'matroska';

/**
 * Which decoded frames are the audio: where it starts, and given the end of the last packet (both counted from
 * the first decoded frame), where it ends.
 */
interface Span {
  readonly start: number;
  end(packetsEnd: number): number;
}

/**
 * Encoders put some thousand samples of delay before the audio and fill the last packet. How much is told, in
 * this order of trust, by Apple's iTunSMPB comment, by the edit list with the packets' durations, and by the
 * edit list's own length.
 */
function spanOf(facts: Mp4Facts, firstTime: number, sampleRate: number): Span {
  const { gapless, edit } = facts;
  if (gapless !== null && gapless.frames > 0) {
    return { start: gapless.delay, end: (all) => Math.min(all, gapless.delay + gapless.frames) };
  }
  const start = Math.max(0, Math.round(-firstTime * sampleRate));
  return {
    start,
    end(all) {
      if (edit === null) return all;
      const byEdit = start + Math.round((edit.duration * sampleRate) / edit.timescale);
      // Coarse time scales (often 1000) cannot say it to the sample: there the packets are right if they agree.
      const step = edit.timescale < sampleRate ? sampleRate / edit.timescale + 1 : 0;
      return byEdit < all - step ? byEdit : all;
    },
  };
}

/** Frames of a packet at most; what says more is damaged. Those of ALAC have 4096, Opus' 5760. */
const longestPacket = 1 << 16;
/** So much less than the header promises is more than rounding: two packets. */
const missingSeconds = 0.05;

// What it would print goes into our own errors and warnings.
Logging.level = LogLevel.Silent;

const noFacts: Mp4Facts = { alacCookie: null, edit: null, gapless: null };

/**
 * A file whose packets are found by a demuxer and decoded one by one: AAC and ALAC in MP4, AAC in ADTS, Opus.
 * @throws SoniError `bad-input` | `unsupported`
 */
export async function openPacketSource(path: string, format: PacketFormat): Promise<AudioSource> {
  const facts = format === 'mp4' ? await readMp4Facts(path) : noFacts;
  const source = new FilePathSource(path);
  const input = new Input({ formats: [MP4, QTFF, ADTS, OGG, MATROSKA, WEBM], source });
  try {
    return await openTrack(path, input, format, facts);
  } catch (thrown) {
    input.dispose();
    if (thrown instanceof SoniError) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new SoniError('bad-input', `${path} cannot be read: it is cut off or damaged (${why}).`);
  }
}

async function openTrack(
  path: string,
  input: Input,
  format: PacketFormat,
  facts: Mp4Facts,
): Promise<AudioSource> {
  const track: InputAudioTrack | null = await input.getPrimaryAudioTrack();
  if (track === null) throw new SoniError('bad-input', `${path} has no audio track.`);
  const sink = new EncodedPacketSink(track);
  const firstPacket = await sink.getFirstPacket();
  if (firstPacket === null) throw new SoniError('bad-input', `${path} holds only a header and no audio.`);
  const decoder = await openPacketDecoder(path, track, firstPacket.data, facts.alacCookie);
  const duration = await track.computeDuration();
  const discarded = format === 'matroska' ? await discardedAtEnd(path) : null;
  const warnings: string[] = [];
  let time = 0;
  return {
    format: format === 'matroska' ? `${decoder.codec} in Matroska` : decoder.format,
    sampleRate: decoder.sampleRate,
    channels: decoder.channels,
    channelMask: usualMask(decoder.channels),
    timeReference: null,
    warnings,
    progress: () => ({ done: Math.min(duration, Math.max(0, time)), total: duration }),
    blocks(from = 0) {
      const span =
        decoder.preSkip === null
          ? spanOf(facts, firstPacket.timestamp, decoder.sampleRate)
          : {
              start: decoder.preSkip,
              end: (all: number) => all - Math.round(((discarded ?? 0) / 1e9) * decoder.sampleRate),
            };
      const packets = untilDamage(
        sink.packets(firstPacket),
        () => duration - time > missingSeconds,
        () => {
          warnings.push(
            `The file is cut off or damaged after ${time.toFixed(3)} of ${duration.toFixed(3)} s. What is there is used.`,
          );
        },
      );
      const blocks = trimmed(
        decoder,
        packets,
        { span, wholeMilliseconds: discarded !== null },
        warnings,
        (now) => {
          time = now;
        },
      );
      return afterFrame(blocks, from);
    },
    close: async () => {
      decoder.close();
      input.dispose();
    },
  };
}

/** The packets up to where the demuxer gives up, or ends though some of them are `missing`. */
async function* untilDamage(
  packets: AsyncIterable<EncodedPacket>,
  missing: () => boolean,
  onDamage: () => void,
): AsyncGenerator<EncodedPacket> {
  try {
    yield* packets;
  } catch {
    onDamage();
    return;
  }
  if (missing()) onDamage();
}

/** Packets decoded, joined into blocks of a useful size and cut to the span. */
async function* trimmed(
  decoder: PacketDecoder,
  packets: AsyncIterable<EncodedPacket>,
  { span, wholeMilliseconds }: { span: Span; wholeMilliseconds: boolean },
  warnings: string[],
  reached: (time: number) => void,
): AsyncGenerator<readonly Float32Array[]> {
  const blockFrames = 1 << 15;
  let pending: Float32Array[][] = [];
  let pendingFrames = 0;
  /** Decoded frames before `pending`. */
  let before = 0;
  /** Where the packets say that the audio ends, counted from the first decoded frame. */
  let packetsEnd = 0;
  let damaged = 0;

  function take(last: boolean): readonly Float32Array[] | null {
    const end = last ? span.end(packetsEnd) : Infinity;
    const from = Math.min(pendingFrames, Math.max(0, span.start - before));
    const to = Math.min(pendingFrames, Math.max(from, end - before));
    const block = Array.from({ length: decoder.channels }, (_, channel) => {
      const joined = new Float32Array(pendingFrames);
      let at = 0;
      for (const piece of pending) {
        joined.set(piece[channel]!, at);
        at += piece[channel]!.length;
      }
      return joined.subarray(from, to);
    });
    before += pendingFrames;
    pending = [];
    pendingFrames = 0;
    return to > from ? block : null;
  }

  for await (const packet of packets) {
    // A block goes out only when another packet follows, so that the end can still be cut.
    if (pendingFrames >= blockFrames) {
      const block = take(false);
      if (block !== null) yield decoder.vorbisOrder ? fromVorbisOrder(block) : block;
    }
    const decoded = decoder.decode(packet.data);
    const told = Math.min(Math.round(packet.duration * decoder.sampleRate), longestPacket);
    let planes = decoded;
    if (planes === null || planes.length !== decoder.channels) {
      damaged++;
      planes = Array.from({ length: decoder.channels }, () => new Float32Array(told));
    }
    pending.push(planes);
    // The first packet's duration leaves the codec's own delay out.
    const counted = packetsEnd === 0 ? told + (decoder.preSkip ?? 0) : told;
    const own = planes[0]!.length;
    // Durations in whole milliseconds say less than the packets themselves.
    packetsEnd = before + pendingFrames + (wholeMilliseconds ? own : Math.min(counted, own));
    pendingFrames += planes[0]!.length;
    reached(packet.timestamp + packet.duration);
  }
  const rest = take(true);
  if (rest !== null) yield decoder.vorbisOrder ? fromVorbisOrder(rest) : rest;
  if (damaged > 0) warnings.push(`${damaged} damaged packets were replaced by silence.`);
}
