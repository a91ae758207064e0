import { open, type FileHandle } from 'node:fs/promises';
import { SoniError } from '../../contracts/errors.ts';
import type { Hertz, Samples } from '../../contracts/units.ts';
import { fileError } from '../../platform/fileError.ts';
import type { AudioReader, Planar } from '../../audio/audioStream.ts';

const bytesPerSample = Float32Array.BYTES_PER_ELEMENT;

/**
 * A headerless scratch file of interleaved float32 samples that can be cut back to any length: what a WAV
 * writer with its size fields cannot do after a crash. In the byte order of this machine; never leaves it. Not forced
 * to the disk: it has to outlive the process, not the power, and a loaded disk takes seconds for it.
 */
export class RawAudioFile {
  #frames: Samples;

  private constructor(
    readonly path: string,
    readonly channels: number,
    readonly file: FileHandle,
    frames: Samples,
  ) {
    this.#frames = frames;
  }

  /** Opens or makes the file and cuts it back to `frames`. @throws SoniError `corrupt` when it is shorter */
  static async openAt(path: string, channels: number, frames: Samples): Promise<RawAudioFile> {
    try {
      const file = await open(path, frames === 0 ? 'w' : 'r+');
      const bytes = frames * channels * bytesPerSample;
      if ((await file.stat()).size < bytes) {
        await file.close();
        throw new SoniError('corrupt', `${path} is shorter than its checkpoint says; start the job again.`);
      }
      await file.truncate(bytes);
      return new RawAudioFile(path, channels, file, frames);
    } catch (thrown) {
      throw fileError(thrown, `open the scratch file ${path}`);
    }
  }

  async append(audio: Planar): Promise<void> {
    const frames = audio[0]!.length;
    const interleaved = new Float32Array(frames * this.channels);
    for (const [channel, plane] of audio.entries()) {
      for (let frame = 0, at = channel; frame < frames; frame++, at += this.channels) {
        interleaved[at] = plane[frame]!;
      }
    }
    try {
      const bytes = Buffer.from(interleaved.buffer);
      const position = this.#frames * this.channels * bytesPerSample;
      for (let done = 0; done < bytes.length;) {
        const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    } catch (thrown) {
      throw fileError(thrown, `write ${this.path}`);
    }
    this.#frames += frames;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** Reads what a `RawAudioFile` holds. */
export async function openRawAudio(path: string, channels: number, sampleRate: Hertz): Promise<AudioReader> {
  const file = await open(path).catch((thrown: unknown) => {
    throw fileError(thrown, `read the scratch file ${path}`);
  });
  const frames = (await file.stat()).size / bytesPerSample / channels;
  return {
    sampleRate,
    channels,
    frames,
    async read(start, count) {
      const length = Math.max(0, Math.min(count, frames - start));
      const interleaved = new Float32Array(length * channels);
      const bytes = Buffer.from(interleaved.buffer);
      for (let done = 0; done < bytes.length;) {
        const position = start * channels * bytesPerSample + done;
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, position);
        if (bytesRead === 0) throw new SoniError('corrupt', `${path} has become shorter while it was read.`);
        done += bytesRead;
      }
      return Array.from({ length: channels }, (_, channel) => {
        const plane = new Float32Array(length);
        for (let frame = 0, at = channel; frame < length; frame++, at += channels) {
          plane[frame] = interleaved[at]!;
        }
        return plane;
      });
    },
    close: () => file.close(),
  };
}
