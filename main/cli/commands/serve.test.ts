import { describe, expect, it } from 'vitest';
import type { LivePlugin } from '../../contracts/bridge.ts';
import type { Take } from '../../contracts/session.ts';
import { eventText } from './serve.ts';

const plugin: LivePlugin = {
  host: 'Ardour',
  format: 'LV2',
  pluginVersion: '0.1.0',
  sampleRate: 48_000,
  maxBlockFrames: 1024,
  channels: 2,
  recording: null,
  droppedFrames: 0,
  missedFrames: 0,
  stems: [],
  parameters: {},
  message: '',
};
const take: Take = {
  id: 'k',
  trackId: 't',
  audio: 'bass-001-k.wav',
  sampleRate: 48_000,
  channels: 2,
  frames: 72_000,
  hostStart: 96_000,
  gaps: [],
  tempoMap: [],
  state: 'complete',
  started: 1,
};
const track = { track: 't', name: 'Bass' };

describe('events in words', () => {
  it.each([
    [{ type: 'connected', ...track, plugin }, 'Bass: connected (Ardour, LV2, 48000 Hz)'],
    [{ type: 'connected', ...track, plugin: { ...plugin, host: '' } }, 'Bass: connected (LV2, 48000 Hz)'],
    [{ type: 'take-ended', ...track, take }, 'Bass: take of 1.50 s, bass-001-k.wav'],
    [{ type: 'gap', ...track, take: 'k', start: 5, frames: 7 }, 'Bass: 7 frames were lost'],
    [{ type: 'trouble', kind: 'no-space', message: 'The disk is full.' }, 'The disk is full.'],
    [{ type: 'status', ...track, stems: [], message: '' }, null],
    [{ type: 'parameters', ...track, parameters: { gain: 1 } }, null],
  ] as const)('%j', (event, text) => {
    expect(eventText(event as Parameters<typeof eventText>[0])).toBe(text);
  });
});
