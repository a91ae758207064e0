import { SoniError } from '../../contracts/errors.ts';

/**
 * The peaks file: minimum, maximum and RMS of ever longer stretches of audio, for drawing. Little-endian.
 *
 * ```
 * 0   4 bytes  "SDPK"
 * 4   uint32   format version, 1
 * 8   uint32   sample rate
 * 12  uint32   channels
 * 16  float64  frames of audio
 * 24  uint32   number of levels, at least 1
 * 28  uint32   0
 * 32  for each level, finest first:
 *       float64  frames in a bin: 512, 2048, 8192, ...
 *       float64  number of bins; the last may cover fewer frames
 *       float64  position of its first bin in the file
 *     then the bins of the levels, coarsest first, so that a reader of the start can draw all of it:
 *       float32 [bins][channels][3]  minimum, maximum, RMS; 1 is full scale
 * ```
 */
export const peaksVersion = 1;
const magic = 0x4b504453; // "SDPK"
/** Below this many frames a pixel the audio itself is drawn. */
const finestBin = 512;
const factor = 4;
/** The coarsest level has at most so many bins: an overview of any length in a few kilobytes. */
const coarsestBins = 1024;

export interface PeaksLevel {
  readonly framesPerBin: number;
  readonly bins: number;
  readonly position: number;
}

export interface PeaksHeader {
  readonly sampleRate: number;
  readonly channels: number;
  readonly frames: number;
  /** Finest first. */
  readonly levels: readonly PeaksLevel[];
}

const headerBytes = (levels: number) => 32 + 24 * levels;
/** Enough for the header of any file. */
export const largestHeader = headerBytes(32);
export const valuesPerBin = 3;

/** The levels of audio of a given length. */
export function planPeaks(sampleRate: number, channels: number, frames: number): PeaksHeader {
  const sizes: { framesPerBin: number; bins: number }[] = [];
  for (let framesPerBin = finestBin; ; framesPerBin *= factor) {
    const bins = Math.ceil(frames / framesPerBin);
    sizes.push({ framesPerBin, bins });
    if (bins <= coarsestBins) break;
  }
  let position = headerBytes(sizes.length);
  const levels: PeaksLevel[] = [];
  for (const size of sizes.toReversed()) {
    levels.unshift({ ...size, position });
    position += size.bins * channels * valuesPerBin * 4;
  }
  return { sampleRate, channels, frames, levels };
}

export function formatPeaksHeader(header: PeaksHeader): Uint8Array {
  const bytes = new Uint8Array(headerBytes(header.levels.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magic, true);
  view.setUint32(4, peaksVersion, true);
  view.setUint32(8, header.sampleRate, true);
  view.setUint32(12, header.channels, true);
  view.setFloat64(16, header.frames, true);
  view.setUint32(24, header.levels.length, true);
  for (const [i, level] of header.levels.entries()) {
    view.setFloat64(32 + 24 * i, level.framesPerBin, true);
    view.setFloat64(40 + 24 * i, level.bins, true);
    view.setFloat64(48 + 24 * i, level.position, true);
  }
  return bytes;
}

/**
 * @param bytes the start of the file, `largestHeader` bytes or all
 * @throws SoniError `corrupt` | `newer-format`
 */
export function parsePeaksHeader(bytes: Uint8Array): PeaksHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < headerBytes(1) || view.getUint32(0, true) !== magic) {
    throw new SoniError('corrupt', 'This is no peaks file, or a damaged one; it can be computed again.');
  }
  const version = view.getUint32(4, true);
  if (version !== peaksVersion) {
    throw new SoniError('newer-format', `Peaks of format ${version}; this version reads ${peaksVersion}.`);
  }
  const count = view.getUint32(24, true);
  if (count < 1 || bytes.length < headerBytes(count)) {
    throw new SoniError('corrupt', 'The peaks file is cut off; it can be computed again.');
  }
  return {
    sampleRate: view.getUint32(8, true),
    channels: view.getUint32(12, true),
    frames: view.getFloat64(16, true),
    levels: Array.from({ length: count }, (_, i) => ({
      framesPerBin: view.getFloat64(32 + 24 * i, true),
      bins: view.getFloat64(40 + 24 * i, true),
      position: view.getFloat64(48 + 24 * i, true),
    })),
  };
}

/** Index of the coarsest level that still has a bin or more for each pixel; the finest when none has. */
export function levelFor(header: PeaksHeader, framesPerPixel: number): number {
  const index = header.levels.findLastIndex((level) => level.framesPerBin <= framesPerPixel);
  return Math.max(0, index);
}
