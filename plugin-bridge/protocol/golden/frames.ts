import { neutralStrip } from '../../../main/audio/strip/neutral.ts';
import { encodeAudioBlock } from '../audioBlock.ts';
import type { Frame } from '../frame.ts';
import { encodeGap } from '../gap.ts';
import { encodeMessage, type Message, type MessageType } from '../messages.ts';
import { encodeNoteEvents } from '../noteEvents.ts';

interface GoldenFrame {
  readonly label: string;
  readonly frame: Omit<Frame, 'sequence'>;
}

const binary = (label: string, type: Frame['type'], payload: Uint8Array, stream = 0): GoldenFrame => ({
  label,
  frame: { type, flags: 0, stream, payload },
});
const control = <T extends MessageType>(type: T, message: Message<T>): GoldenFrame =>
  binary(type, type, encodeMessage(type, message));

const instance = '3f2c8a5e-7d41-4c1b-9a60-5b8f0e2d7c19';

/** One frame of every type. golden/frames.json holds their bytes; the C++ codec is tested against the same file. */
export const goldenFrames: readonly GoldenFrame[] = [
  control('hello', {
    protocol: { min: 1, max: 1 },
    token: '00112233445566778899aabbccddeeff',
    instance,
    pluginVersion: '0.1.0',
    host: 'Ardour',
    format: 'LV2',
    sampleRate: 48000,
    maxBlockFrames: 1024,
    channels: 2,
    name: 'Lead "Döner" 歌',
    slot: 3,
  }),
  control('welcome', { protocol: 1, appVersion: '0.1.0', instance, keepAliveSeconds: 2 }),
  control('refused', { kind: 'token', message: 'The token is not the one of this session.' }),
  binary('ping', 'ping', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])),
  binary('pong', 'pong', new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])),
  control('bye', { reason: 'The session was closed.' }),
  binary(
    'audio with musical time',
    'audio',
    encodeAudioBlock({
      hostFrame: 96000n,
      streamFrame: 4096n,
      playing: true,
      looping: true,
      offline: false,
      musical: { bpm: 123.5, bar: 3, beat: 2, beatFraction: 0.25, beatsPerBar: 7, beatUnit: 8 },
      audio: [Float32Array.of(0, 1, -1, 0.5), Float32Array.of(1e-38, -0, 3.14159274, -0.125)],
    }),
    1,
  ),
  binary(
    'mono audio in a pre-roll, no musical time',
    'audio',
    encodeAudioBlock({
      hostFrame: -512n,
      streamFrame: 0n,
      playing: true,
      looping: false,
      offline: true,
      musical: null,
      audio: [Float32Array.of(0.25)],
    }),
    1,
  ),
  binary('gap', 'gap', encodeGap({ hostFrame: 100096n, streamFrame: 8192n, frames: 2048n }), 1),
  control('transport', { playing: false, hostFrame: 480000 }),
  control('parameters', { gain: -3.5, pan: 0.25 }),
  control('status', {
    stems: [
      { stem: 'vocals', state: 'ready' },
      { stem: 'drums', state: 'missing' },
    ],
    droppedFrames: 2048,
    message: 'drums.wav is gone; the original is played.',
  }),
  control('assign', { track: 'track-7', name: 'Bass', colour: '#3366cc' }),
  control('stems', {
    stems: [{ stem: 'vocals', file: '/music/My Song/vocals.wav', startFrame: 96000, gainDb: -1.5 }],
  }),
  binary(
    'notes',
    'notes',
    encodeNoteEvents([
      { startFrame: 96000n, endFrame: 120000n, channel: 0, pitch: 60, velocity: 100 },
      { startFrame: 108000n, endFrame: 108001n, channel: 9, pitch: 36, velocity: 1 },
    ]),
  ),
  control('strip', { strip: neutralStrip() }),
  control('monitor', { source: 'stems' }),
];
