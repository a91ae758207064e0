import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.ts';

describe('the timeline of playback', () => {
  it('plans stretches without a gap to the end of the song', () => {
    const timeline = new Timeline(90, 100);
    expect(timeline.advance(6, null)).toEqual({ startFrame: 0, songFrame: 90, frames: 6 });
    expect(timeline.advance(6, null)).toEqual({ startFrame: 6, songFrame: 96, frames: 4 });
    expect(timeline.advance(6, null)).toBeNull();
    expect(timeline.plannedTo).toBe(10);
  });

  it('goes round in a loop, to the frame', () => {
    const timeline = new Timeline(0, 100);
    const loop = { start: 10, end: 25 };
    const planned = Array.from({ length: 5 }, () => timeline.advance(10, loop)!);
    expect(planned.map(({ songFrame, frames }) => [songFrame, frames])).toEqual([
      [0, 10],
      [10, 10],
      [20, 5],
      [10, 10],
      [20, 5],
    ]);
    expect(planned.map(({ startFrame }) => startFrame)).toEqual([0, 10, 20, 25, 35]);
    // What sounds when, in order as time goes on.
    expect([3, 12, 24, 26, 36].map((frame) => timeline.songFrameAt(frame))).toEqual([3, 12, 24, 11, 21]);
  });

  it('plays on behind a loop that lies before the playhead', () => {
    const timeline = new Timeline(50, 100);
    expect(timeline.advance(10, { start: 10, end: 20 })).toMatchObject({ songFrame: 10 });
  });

  it('stays where it is while nothing is planned, and after its end', () => {
    const timeline = new Timeline(40, 60);
    expect(timeline.songFrameAt(500)).toBe(40);
    timeline.advance(20, null);
    expect(timeline.songFrameAt(-50)).toBe(40);
    expect(timeline.songFrameAt(500)).toBe(60);
  });
});
