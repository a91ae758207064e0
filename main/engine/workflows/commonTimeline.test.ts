import { describe, expect, it } from 'vitest';
import { commonTimeline } from './commonTimeline.ts';

const file = (name: string, timeReference: number | null, sampleRate = 48_000, seconds = 60) => ({
  name,
  timeReference,
  sampleRate,
  frames: seconds * sampleRate,
});

describe('commonTimeline', () => {
  it('starts everything at 0 without stamps, and with equal ones', () => {
    expect(commonTimeline([file('a', null), file('b', null)])).toEqual({
      starts: [0, 0],
      origin: null,
      note: null,
    });
    expect(commonTimeline([file('a', 172_800_000), file('b', 158_760_000, 44_100)])).toEqual({
      starts: [0, 0],
      origin: 3600,
      note: null,
    });
  });

  it('counts from the earliest, at any rate, and says so', () => {
    const { starts, origin, note } = commonTimeline([
      file('kick', 48_000 * 3601.5),
      file('bass', 44_100 * 3600, 44_100),
      file('vox', null),
    ]);
    expect(starts).toEqual([1.5, 0, 0]);
    expect(origin).toBe(3600);
    expect(note).toBe(
      '1 of 3 files start later than the first by their time stamps, kick by 1.500 s; they are placed there. 1 without a time stamp is placed at the beginning.',
    );
  });

  it('does not believe stamps of different days', () => {
    const timeline = commonTimeline([file('a', 0), file('b', 48_000 * 3660), file('c', 48_000 * 7400)]);
    expect(timeline.starts).toEqual([0, 0, 0]);
    expect(timeline.note).toContain('more than an hour apart');
    // A pause of exactly an hour is still believed.
    expect(commonTimeline([file('a', 0), file('b', 48_000 * 3660)]).starts).toEqual([0, 3660]);
  });
});
