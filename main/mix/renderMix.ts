import { join } from 'node:path';
import { SoniError } from '../contracts/errors.ts';
import type { Operation } from '../contracts/operations.ts';
import { growWav, type GrowingWav } from '../audio/wav/wavWriter.ts';
import { resumable } from '../platform/checkpoint.ts';
import { LoudnessMeter } from '../audio/loudness/loudnessMeter.ts';
import { mixdown, sessionFormat } from './mixdown.ts';

/**
 * Renders a plan: every track through its strip, the sends through the reverb, into one stereo float32 WAV at
 * the session's rate, to the end of the last track. Nothing is limited or normalised. Goes on where it was cut short.
 * @throws SoniError `bad-usage` when plan and tracks do not belong together
 */
export const renderMix: Operation<'render-mix'> = (input, context) =>
  resumable(context.directory, ['render-mix', input], async (checkpoint) => {
    const { plan, timeReference } = input;
    if (plan.tracks.length !== input.tracks.length) {
      throw new SoniError(
        'bad-usage',
        `The plan has ${plan.tracks.length} tracks, ${input.tracks.length} were given; render it with the tracks that it was made of, in the same order.`,
      );
    }
    const tracks = input.tracks.map(({ audio, start }, k) => ({
      path: audio,
      start,
      strip: plan.tracks[k]!.strip,
    }));
    const session = await sessionFormat(tracks);
    const { sampleRate, frames } = session;
    const loudness = new LoudnessMeter(sampleRate, 2);
    const audio = 'mix.wav';
    const options = {
      sampleRate,
      channels: 2,
      encoding: 'float32',
      timeReference: timeReference ?? null,
    } as const;
    let written = 0;
    let writer: GrowingWav | undefined;
    /** Opened only when it is known how much of it is there already. */
    const open = async () => (writer ??= await growWav(join(context.directory, audio), options, written));
    try {
      await mixdown({
        tracks,
        reverb: plan.reverb,
        session,
        signal: context.signal,
        resume: {
          checkpoint,
          listener: {
            state(archive) {
              written = archive.pass(written);
              loudness.state(archive);
            },
          },
          flush: async () => writer?.flush(),
        },
        onBlock: async (left, right, position) => {
          const block = [Float32Array.from(left), Float32Array.from(right)];
          loudness.process(block);
          await (await open()).write(block);
          written = position + left.length;
          context.progress({ done: written, total: frames });
        },
      });
      await (await open()).close();
    } finally {
      await writer?.suspend();
    }
    const { integrated, truePeak } = loudness.result();
    return { audio, sampleRate, channels: 2, frames, integratedLufs: integrated, truePeakDb: truePeak };
  });
