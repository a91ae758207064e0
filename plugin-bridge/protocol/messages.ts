import { z } from 'zod';
import { SoniError } from '../../main/contracts/errors.ts';
import { stripSettings } from '../../main/contracts/mixPlan.ts';

/** The control messages: UTF-8 JSON payloads. Unknown members are ignored, so that either side can grow. */
const name = z.string().max(200);
const colour = z.string().regex(/^#[0-9a-f]{6}$/);

export const messages = {
  /** plugin -> app, first frame of a connection, again when the rate or block size changes. */
  hello: z.object({
    /** Oldest and newest protocol version that this side speaks. */
    protocol: z.object({ min: z.number().int(), max: z.number().int() }),
    /** Hex token from the app's 0600 file. */
    token: z.string().max(200),
    /** Kept in the DAW's session; two live instances with one id are told apart by the app. */
    instance: z.uuid(),
    pluginVersion: z.string().max(40),
    host: name,
    /** LV2, VST3, CLAP, VST2, JACK/Standalone, ... as the plugin's framework calls it. */
    format: z.string().max(40),
    sampleRate: z.number().positive(),
    maxBlockFrames: z.number().int().positive(),
    channels: z.number().int().positive(),
    name,
    /** 1 to 64, chosen by the user; 0 is none. */
    slot: z.number().int().min(0).max(64),
  }),
  /** app -> plugin: the answer to a hello. */
  welcome: z.object({
    protocol: z.number().int(),
    appVersion: z.string().max(40),
    /** Differs from the hello's when that id was taken by another live instance: keep this one from now on. */
    instance: z.uuid(),
    keepAliveSeconds: z.number().positive(),
  }),
  /** app -> plugin: the connection is refused or ended, with the reason for the user. */
  refused: z.object({
    kind: z.enum(['token', 'version', 'protocol', 'full']),
    message: z.string().max(1000),
  }),
  bye: z.object({ reason: z.string().max(1000) }),
  /** plugin -> app: the transport started, stopped or jumped. */
  transport: z.object({ playing: z.boolean(), hostFrame: z.number().int() }),
  /** plugin -> app: parameters that the user or automation changed, by symbol. */
  parameters: z.record(z.string().max(64), z.number()),
  /** plugin -> app: what became of the stems. */
  status: z.object({
    stems: z.array(
      z.object({ stem: name, state: z.enum(['loading', 'ready', 'missing', 'wrong-rate', 'unreadable']) }),
    ),
    droppedFrames: z.number().int().nonnegative(),
    /** Frames for which stems were wanted and not loaded yet; the original was played. */
    missedFrames: z.number().int().nonnegative().optional(),
    message: z.string().max(1000),
  }),
  /** app -> plugin: which track this instance is. */
  assign: z.object({ track: z.string().max(100), name, colour: colour.nullable() }),
  /** app -> plugin: stems to play in sync; an empty list unloads. Paths are absolute, float32 WAV or RF64. */
  stems: z.object({
    stems: z
      .array(
        z.object({
          stem: name,
          file: z.string().max(4096),
          startFrame: z.number().int(),
          gainDb: z.number(),
        }),
      )
      .max(8),
  }),
  /** app -> plugin: channel strip values; `null` bypasses. */
  strip: z.object({ strip: stripSettings.nullable() }),
  /** app -> plugin: what is heard. */
  monitor: z.object({ source: z.enum(['original', 'stems']) }),
} as const;

export type MessageType = keyof typeof messages;
export type Message<T extends MessageType> = z.infer<(typeof messages)[T]>;

export function encodeMessage<T extends MessageType>(type: T, message: Message<T>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(messages[type].parse(message)));
}

/** @throws SoniError `bad-input` when the payload is not UTF-8 JSON of the message's form. */
export function decodeMessage<T extends MessageType>(type: T, payload: Uint8Array): Message<T> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (thrown) {
    throw new SoniError('bad-input', `The "${type}" message is not UTF-8 JSON.`, undefined, {
      cause: thrown,
    });
  }
  const parsed = messages[type].safeParse(value);
  if (!parsed.success) {
    throw new SoniError(
      'bad-input',
      `The "${type}" message has a wrong form: ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data as Message<T>;
}
