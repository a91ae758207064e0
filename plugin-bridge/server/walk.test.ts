import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServedBridge, sameAudio } from '../../test/support/servedBridge.ts';

let bridge: ServedBridge;
beforeAll(async () => {
  bridge = await ServedBridge.start();
});
afterAll(() => bridge[Symbol.asyncDispose]());

const steps = fc.array(
  fc.record({
    /** Where the transport goes on: null straight ahead. */
    jump: fc.option(fc.integer({ min: -2000, max: 20_000 }), { freq: 4 }),
    play: fc.integer({ min: 1, max: 3000 }),
    lose: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 500 }) },
    ),
    stop: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

/** Frame `n` of everything ever played, so that no two frames are alike. */
const frameAt = (n: number): [number, number] => [n / 2 ** 20, -n / 2 ** 21];

const stereo = (start: number, frames: number): Float32Array[] =>
  [0, 1].map((channel) => Float32Array.from({ length: frames }, (_, n) => frameAt(start + n)[channel]!));

it('whatever the transport does, every frame that arrived is in the files once, at its place, bit for bit', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (path) => {
      const plugin = await bridge.connect();
      /** Host position -> frames heard there, in the order of playing. */
      const passes: { host: number; stream: number; frames: number }[] = [];
      let host = 0;
      let stream = 0;
      for (const { jump, play, lose, stop } of path) {
        host = jump ?? host;
        plugin.play(host, stereo(stream, play));
        passes.push({ host, stream, frames: play });
        host += play;
        stream += play;
        if (lose > 0) plugin.lose(host, lose);
        host += lose;
        stream += lose;
        if (stop) plugin.stop(host);
      }
      await plugin.leave();
      while (bridge.session.tracks.recordingTakes().length > 0) await bridge.event('take-ended');
      const takes = bridge.session.tracks.takes(plugin.instance).sort((a, b) => a.started - b.started);
      const found: { host: number; audio: Float32Array[] }[] = [];
      for (const take of takes) {
        const audio = await bridge.audioOf(take);
        expect(audio[0]!.length).toBe(take.frames);
        let at = 0;
        for (const gap of [...take.gaps, { start: take.frames, frames: 0 }]) {
          if (gap.start > at) {
            found.push({
              host: take.hostStart + at,
              audio: audio.map((channel) => channel.subarray(at, gap.start)),
            });
          }
          const silence = audio[0]!.subarray(gap.start, gap.start + gap.frames);
          expect(silence.every((sample) => sample === 0)).toBe(true);
          at = gap.start + gap.frames;
        }
      }
      const join = (parts: readonly Float32Array[][]) =>
        [0, 1].map((channel) => Float32Array.from(parts.flatMap((part) => [...part[channel]!])));
      const sent = join(passes.map(({ stream, frames }) => stereo(stream, frames)));
      expect(sameAudio(join(found.map(({ audio }) => audio)), sent)).toBe(true);
      const places = (parts: readonly { host: number; frames: number }[]) =>
        parts.flatMap(({ host, frames }) => Array.from({ length: frames }, (_, n) => host + n));
      expect(places(found.map(({ host, audio }) => ({ host, frames: audio[0]!.length })))).toEqual(
        places(passes),
      );
    }),
    { numRuns: 12 },
  );
});
