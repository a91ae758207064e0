import { describe, expect, it } from 'vitest';
import { clock, rulerStep } from './grid.ts';

describe('the ruler', () => {
  it('writes times as people read them', () => {
    expect([0, 5, 65, 3723].map((at) => clock(at))).toEqual(['0:00', '0:05', '1:05', '1:02:03']);
    expect(clock(65.25, 2)).toBe('1:05.25');
    // Rounded before it is cut into minutes.
    expect(clock(59.999)).toBe('1:00');
    expect(clock(-1)).toBe('0:00');
  });

  it('keeps its marks apart at every scale', () => {
    for (const secondsPerPixel of [1e-4, 0.01, 0.1, 1, 10]) {
      expect(rulerStep(secondsPerPixel) / secondsPerPixel).toBeGreaterThanOrEqual(78);
    }
  });
});
