import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { openWav } from '../../../main/audio/wav/wavReader.ts';
import { createWav } from '../../../main/audio/wav/wavWriter.ts';
import type { AudioWriter } from '../../../main/audio/audioStream.ts';
import type { bridge } from '../../../main/contracts/bridge.ts';
import type { CompRegion, Take } from '../../../main/contracts/session.ts';
import type { Samples } from '../../../main/contracts/units.ts';

export type ExportedFile = z.output<(typeof bridge)['methods']['capture']['output']>[number];

export interface ExportedAudio {
  readonly trackId: string;
  /** Of the track: the file is called like it. */
  readonly name: string;
  /** All that the regions are taken from; of one rate. */
  readonly takes: readonly Take[];
  /** In host order, not overlapping; from the first one's start to the last one's end is written. */
  readonly regions: readonly CompRegion[];
}

type Gap = Take['gaps'][number];

/**
 * Writes regions of takes to one Broadcast Wave file in the folder; what lies between them is silent.
 * @throws SoniError `no-space` | `denied`
 */
export async function exportAudio(
  { trackId, name, takes, regions }: ExportedAudio,
  audioDirectory: string,
  directory: string,
): Promise<ExportedFile> {
  const byId = new Map(takes.map((take) => [take.id, take]));
  const used = regions.map(({ takeId }) => byId.get(takeId)!);
  const { sampleRate } = used[0]!;
  const channels = Math.max(...used.map((take) => take.channels));
  const hostStart = regions[0]!.hostStart;
  const file = await freeFile(directory, name);
  const writer = await createWav(file, {
    sampleRate,
    channels,
    encoding: 'float32',
    timeReference: hostStart < 0 ? null : hostStart,
    description: name,
  });
  const gaps: Gap[] = [];
  try {
    for (const [index, region] of regions.entries()) {
      const missing = region.hostStart - hostStart - writer.framesWritten;
      if (missing > 0) gaps.push({ start: writer.framesWritten, frames: missing });
      await writeSilence(writer, missing, channels, sampleRate);
      gaps.push(...gapsInside(used[index]!, region, writer.framesWritten));
      await copyRegion(writer, join(audioDirectory, used[index]!.audio), region, channels, sampleRate);
    }
    await writer.close();
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
  return { track: trackId, name, file, hostStart, frames: writer.framesWritten, sampleRate, gaps };
}

/** The take's gaps that fall into the region, counted from the file's first frame. */
const gapsInside = (take: Take, { takeStart, frames }: CompRegion, at: Samples): Gap[] =>
  take.gaps.flatMap((gap) => {
    const start = Math.max(gap.start, takeStart);
    const end = Math.min(gap.start + gap.frames, takeStart + frames);
    return end > start ? [{ start: at + start - takeStart, frames: end - start }] : [];
  });

async function writeSilence(
  writer: AudioWriter,
  frames: Samples,
  channels: number,
  piece: Samples,
): Promise<void> {
  for (let done = 0; done < frames; done += piece) {
    const count = Math.min(piece, frames - done);
    await writer.write(Array.from({ length: channels }, () => new Float32Array(count)));
  }
}

/** A second at a time. Takes with fewer channels sound on the first ones; mono sounds on all. */
async function copyRegion(
  writer: AudioWriter,
  path: string,
  { takeStart, frames }: CompRegion,
  channels: number,
  piece: Samples,
): Promise<void> {
  const reader = await openWav(path);
  try {
    const available = Math.min(frames, reader.frames - takeStart);
    for (let done = 0; done < available; done += piece) {
      const audio = await reader.read(takeStart + done, Math.min(piece, available - done));
      const count = audio[0]!.length;
      await writer.write(
        Array.from(
          { length: channels },
          (_, channel) => audio[channel] ?? (audio.length === 1 ? audio[0]! : new Float32Array(count)),
        ),
      );
    }
  } finally {
    await reader.close();
  }
}

/** "Name.wav", or with a number where that is taken: nothing is overwritten. */
async function freeFile(directory: string, name: string): Promise<string> {
  // oxlint-disable-next-line no-control-regex -- no system takes them in file names
  const plain = name.replaceAll(/[\u0000-\u001f<>:"/\\|?*]+/g, '-').replace(/[. ]+$/, '') || 'track';
  for (let number = 1; ; number++) {
    const file = join(directory, `${plain}${number === 1 ? '' : `-${number}`}.wav`);
    const taken = await access(file).then(
      () => true,
      () => false,
    );
    if (!taken) return file;
  }
}
