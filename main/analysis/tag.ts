import type { Operation } from '../contracts/operations.ts';
import { resumable, type State } from '../platform/checkpoint.ts';
import { LoudnessMeter } from '../audio/loudness/loudnessMeter.ts';
import { openWav } from '../audio/wav/wavReader.ts';
import { cleanMono } from './cleanMono.ts';
import { bestKey, fitOfKeys } from './key.ts';
import { OnsetStrength, onsetRate } from './onsetStrength.ts';
import { PitchContent, pitchRate } from './pitchContent.ts';
import { findRhythm } from './rhythm.ts';
import { findSections } from './sections.ts';

const blockFrames = 1 << 16;

/**
 * Tags by signal processing: tempo, beats, downbeats, key, loudness, sections. One pass over the file; what is kept grows
 * by 3.2 kB a second. Goes on where it was cut short.
 */
export const tag: Operation<'tag'> = ({ audio }, context) =>
  resumable(context.directory, ['tag', audio], async (checkpoint) => {
    const reader = await openWav(audio);
    try {
      const { sampleRate, channels, frames } = reader;
      const seconds = frames / sampleRate;
      const loudness = new LoudnessMeter(sampleRate, channels);
      const onsets = new OnsetStrength(sampleRate, Math.ceil(seconds * onsetRate) + 1);
      const pitches = new PitchContent(sampleRate, Math.ceil(seconds * pitchRate) + 1);
      let done = 0;
      const state: State = (archive) => {
        done = archive.pass(done);
        for (const stage of [loudness, onsets, pitches]) stage.state(archive);
      };
      checkpoint.restore(state);
      while (done < frames) {
        context.signal.throwIfAborted();
        const block = await reader.read(done, blockFrames);
        const mono = cleanMono(block);
        loudness.process(block);
        onsets.push(mono);
        pitches.push(mono);
        done += mono.length;
        await checkpoint.tick(state);
        context.progress({ done, total: frames });
      }
      onsets.finish();
      pitches.finish();
      const { integrated, range, truePeak } = loudness.result();
      const chroma = pitches.chroma.values;
      const keyFit = fitOfKeys(pitches.harmony, pitches.bass);
      const rhythm = findRhythm({ all: onsets.all.values, low: onsets.low.values, chroma });
      return {
        ...rhythm,
        key: keyFit === null ? null : bestKey(keyFit),
        keyFit,
        loudness: { integrated, range, truePeak },
        durationSeconds: seconds,
        sections: findSections({
          ...rhythm,
          chroma,
          levels: pitches.bands.levels.values,
          durationSeconds: seconds,
        }),
      };
    } finally {
      await reader.close();
    }
  });
