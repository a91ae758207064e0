import { join } from 'node:path';
import { SoniError } from '../contracts/errors.ts';
import type { Operation } from '../contracts/operations.ts';
import { clearPartials } from '../audio/clearPartials.ts';
import { createWav } from '../audio/wav/wavWriter.ts';
import { LoudnessMeter } from '../audio/loudness/loudnessMeter.ts';
import { mixdown, sessionFormat } from './mixdown.ts';

/**
 * Renders a plan: every track through its strip, the sends through the reverb, into one stereo float32 WAV at
 * the session's rate, as long as the longest track. Nothing is limited or normalised. Keeps no checkpoints (strips
 * and reverb have state): a killed render starts again and gives the same bits.
 * @throws SoniError `bad-usage` when plan and tracks do not belong together
 */
export const renderMix: Operation<'render-mix'> = async ({ tracks, plan }, context) => {
  if (plan.tracks.length !== tracks.length) {
    throw new SoniError(
      'bad-usage',
      `The plan has ${plan.tracks.length} tracks, ${tracks.length} were given; render it with the tracks that it was made of, in the same order.`,
    );
  }
  await clearPartials(context.directory);
  const session = await sessionFormat(tracks.map(({ audio }) => audio));
  const loudness = new LoudnessMeter(session.sampleRate, 2);
  const writer = await createWav(join(context.directory, 'mix.wav'), {
    sampleRate: session.sampleRate,
    channels: 2,
    encoding: 'float32',
  });
  try {
    await mixdown({
      tracks: tracks.map(({ audio }, k) => ({ path: audio, strip: plan.tracks[k]!.strip })),
      reverb: plan.reverb,
      session,
      signal: context.signal,
      onBlock: async (left, right, position) => {
        const block = [Float32Array.from(left), Float32Array.from(right)];
        loudness.process(block);
        await writer.write(block);
        context.progress({ done: position + left.length, total: session.frames });
      },
    });
    await writer.close();
  } catch (thrown) {
    await writer.abort();
    throw thrown;
  }
  const { integrated, truePeak } = loudness.result();
  return {
    audio: 'mix.wav',
    sampleRate: session.sampleRate,
    channels: 2,
    frames: session.frames,
    integratedLufs: integrated,
    truePeakDb: truePeak,
  };
};
