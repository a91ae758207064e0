import type { MixMove, StripSettings } from '../contracts/mixPlan.ts';
import type { Lufs } from '../contracts/units.ts';
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
  /** Of the session. */
  readonly loudestLufs: Lufs | null;
  strip: StripSettings;
  readonly moves: MixMove[];
}

/** So much under the loudest track, a track is what was left of nothing (bleed, an empty stem), not a quiet part. */
const emptyLu = 30;

/** The loudest of some tracks by gated loudness; `null` when all are silent. */
export const loudest = (measured: readonly TrackMeasurement[]): Lufs | null =>
  measured.reduce<Lufs | null>(
    (most, { integratedLufs }) =>
      integratedLufs === null ? most : Math.max(most ?? -Infinity, integratedLufs),
    null,
  );

/**
 * A track without measurable loudness (silent, or shorter than 0.4 s), or 30 LU under the loudest of the session,
 * gets no moves of its own, and no other track makes room for it.
 */
export const isSilent = ({ measured: { integratedLufs }, loudestLufs }: Track): boolean =>
  integratedLufs === null || integratedLufs < (loudestLufs ?? -Infinity) - emptyLu;

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
