import { beforeEach, describe, expect, it } from 'vitest';
import { viewport } from './viewport.ts';

beforeEach(() => {
  viewport.setWidth(1000);
  viewport.showAll(100);
});

describe('the part of the time that is shown', () => {
  it('is all of a song at first, and stays all of it when the window grows', () => {
    expect(viewport.secondsPerPixel).toBeCloseTo(0.1);
    viewport.setWidth(2000);
    expect(viewport.secondsPerPixel).toBeCloseTo(0.05);
    expect(viewport.start).toBe(0);
  });

  it('zooms around the pointer', () => {
    const under = viewport.toSeconds(700);
    viewport.zoom(0.25, 700);
    expect(viewport.toSeconds(700)).toBeCloseTo(under);
    expect(viewport.toPixel(under)).toBeCloseTo(700);
  });

  it('zooms around the playhead, or around its middle when that is elsewhere', () => {
    viewport.zoomAround(0.5, 20);
    expect(viewport.toPixel(20)).toBeCloseTo(200);
    const middle = viewport.toSeconds(500);
    viewport.zoomAround(0.5, 90);
    expect(viewport.toSeconds(500)).toBeCloseTo(middle);
  });

  it('never leaves the song', () => {
    viewport.scroll(-50);
    expect(viewport.start).toBe(0);
    viewport.zoom(0.5, 0);
    viewport.scroll(1e6);
    expect(viewport.toSeconds(1000)).toBeCloseTo(100);
    viewport.zoom(1e9, 500);
    expect(viewport.start).toBe(0);
    expect(viewport.toSeconds(1000)).toBeCloseTo(100);
  });

  it('turns the page for the playhead, and only then', () => {
    viewport.zoom(0.1, 0);
    viewport.follow(5);
    expect(viewport.start).toBe(0);
    viewport.follow(11);
    expect(viewport.start).toBeCloseTo(10);
  });
});
