import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Take } from '../../contracts/session.ts';
import { compOf } from './comp.ts';

const take = (
  id: string,
  hostStart: number,
  frames: number,
  started: number,
  gaps: Take['gaps'] = [],
): Take => ({
  id,
  trackId: 't',
  audio: `${id}.wav`,
  sampleRate: 48_000,
  channels: 2,
  frames,
  hostStart,
  gaps,
  tempoMap: [],
  state: 'complete',
  started,
});

describe('the comp of a track', () => {
  it('of a punch-in is old, new, old', () => {
    expect(compOf([take('old', 0, 1000, 1), take('new', 300, 200, 2)])).toEqual([
      { takeId: 'old', hostStart: 0, takeStart: 0, frames: 300 },
      { takeId: 'new', hostStart: 300, takeStart: 0, frames: 200 },
      { takeId: 'old', hostStart: 500, takeStart: 500, frames: 500 },
    ]);
  });

  it('looks through gaps of a newer take', () => {
    expect(compOf([take('old', 0, 100, 1), take('new', 0, 100, 2, [{ start: 40, frames: 20 }])])).toEqual([
      { takeId: 'new', hostStart: 0, takeStart: 0, frames: 40 },
      { takeId: 'old', hostStart: 40, takeStart: 40, frames: 20 },
      { takeId: 'new', hostStart: 60, takeStart: 60, frames: 40 },
    ]);
  });

  it('plays a take that was chosen for a span; what is recorded later lies on top of it', () => {
    const takes = [take('one', 0, 1000, 1), take('two', 0, 1000, 2)];
    const choices = [
      { takeId: 'one', start: 200, end: 600, decided: 3 },
      { takeId: 'two', start: 500, end: 550, decided: 4 },
    ];
    const two = (hostStart: number, frames: number) => ({
      takeId: 'two',
      hostStart,
      takeStart: hostStart,
      frames,
    });
    const one = (hostStart: number, frames: number) => ({ ...two(hostStart, frames), takeId: 'one' });
    expect(compOf(takes, choices)).toEqual([
      two(0, 200),
      one(200, 300),
      two(500, 50),
      one(550, 50),
      two(600, 400),
    ]);
    const punched = [...takes, take('three', 300, 100, 5)];
    expect(compOf(punched, choices).slice(1, 4)).toEqual([
      one(200, 100),
      { takeId: 'three', hostStart: 300, takeStart: 0, frames: 100 },
      one(400, 100),
    ]);
    // Of a take that is not there any more, or chosen where it is silent: as if nothing had been chosen.
    const lost = [{ takeId: 'gone', start: 0, end: 1000, decided: 9 }];
    expect(compOf(takes, lost)).toEqual([two(0, 1000)]);
  });

  it('plays at every frame the newest take that has audio there', () => {
    const takes = fc
      .array(
        fc.record({
          start: fc.integer({ min: -50, max: 100 }),
          frames: fc.integer({ min: 0, max: 80 }),
          gap: fc.option(fc.record({ start: fc.nat(60), frames: fc.integer({ min: 1, max: 30 }) })),
        }),
        { maxLength: 8 },
      )
      .map((list) =>
        list.map(({ start, frames, gap }, n) =>
          take(`k${n}`, start, frames, n + 1, gap === null || gap.start >= frames ? [] : [gap]),
        ),
      );
    fc.assert(
      fc.property(takes, (list) => {
        const regions = compOf(list);
        for (let frame = -60; frame < 200; frame++) {
          const heard = list.findLast(({ hostStart, frames, gaps }) => {
            const at = frame - hostStart;
            return (
              at >= 0 && at < frames && !gaps.some((gap) => at >= gap.start && at < gap.start + gap.frames)
            );
          });
          const found = regions.filter(
            (region) => frame >= region.hostStart && frame < region.hostStart + region.frames,
          );
          expect(
            found.map(({ takeId, takeStart, hostStart }) => [takeId, takeStart + frame - hostStart]),
          ).toEqual(heard === undefined ? [] : [[heard.id, frame - heard.hostStart]]);
        }
      }),
    );
  });
});
