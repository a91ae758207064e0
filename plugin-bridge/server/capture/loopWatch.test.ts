import { expect, it } from 'vitest';
import { LoopWatch } from './loopWatch.ts';

const play = (watch: LoopWatch, from: number, to: number, looping = false) => {
  for (let at = from; at < to; at += 100) watch.block(at, 100, looping);
};

it('is known after the first jump back of a host that says so', () => {
  const watch = new LoopWatch();
  play(watch, 0, 1000, true);
  expect(watch.loop).toBeNull();
  play(watch, 400, 600, true);
  expect(watch.loop).toEqual({ start: 400, end: 1000 });
});

it('is known after the same jump twice from one that does not, and over when it plays on', () => {
  const watch = new LoopWatch();
  play(watch, 0, 1000);
  play(watch, 400, 1000);
  expect(watch.loop).toBeNull();
  play(watch, 400, 1000);
  expect(watch.loop).toEqual({ start: 400, end: 1000 });
  play(watch, 1000, 1200);
  expect(watch.loop).toBeNull();
});

it('is none where somebody starts from the same place again and again', () => {
  const watch = new LoopWatch();
  for (let times = 0; times < 4; times++) {
    play(watch, 200, 700);
    watch.stop();
  }
  expect(watch.loop).toBeNull();
});
