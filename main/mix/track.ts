import type { MixMove, StripSettings } from '../contracts/mixPlan.ts';
import type { Role, RoleProfile } from './roles.ts';
import type { TrackMeasurement } from './trackMeasurement.ts';

/** A track on its way through the assistant: what is known of it and the strip as it is being set. */
export interface Track {
  readonly name: string;
  readonly path: string;
  /** Where it starts on the common timeline, in frames at its own rate. */
  readonly start: number | undefined;
  readonly role: Role;
  readonly profile: RoleProfile;
  readonly measured: TrackMeasurement;
  strip: StripSettings;
  readonly moves: MixMove[];
}

/** A track without measurable loudness (silent, or shorter than 0.4 s) gets no moves of its own. */
export const isSilent = ({ measured }: Track): boolean => measured.integratedLufs === null;

export const clamp = (value: number, [low, high]: readonly [number, number]): number =>
  Math.min(high, Math.max(low, value));

/** To what a mixer would type: tenths of a dB, two digits of a frequency. */
export const tenth = (value: number): number => Math.round(value * 10) / 10 + 0;
export function niceHz(hz: number): number {
  const step = 10 ** (Math.floor(Math.log10(hz)) - 1);
  return Math.round(hz / step) * step;
}
/** "+1.5 dB", "-3.0 dB". */
export const signedDb = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(1)} dB`;
/** "450 Hz", "3.2 kHz". */
export const frequency = (hz: number): string =>
  hz < 1000 ? `${Math.round(hz)} Hz` : `${(hz / 1000).toFixed(1)} kHz`;
/** "a kick", "an effects track". */
export const withArticle = (label: string): string => `${/^[aeiou]/.test(label) ? 'an' : 'a'} ${label}`;
