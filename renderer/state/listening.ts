import type { Lane, MixChoice, Song } from '../../main/contracts/desk.ts';
import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';
import { fromDecibels } from '../../main/contracts/units.ts';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { withStrength } from '../../main/audio/strip/strength.ts';
import { monitors, type Monitor } from '../audio/mixer.ts';
import { player, type Programme } from '../audio/player.ts';
import { Emitter } from './emitter.ts';

/** One lane's part of what is heard. */
export interface Strip {
  readonly gainDb: number;
  readonly pan: number;
  readonly muted: boolean;
  readonly solo: boolean;
}

export const lowestGainDb = -48;
const unity: Record<Monitor, number> = { original: 1, lanes: 1, mix: 1 };
const open: Strip = { gainDb: 0, pan: 0, muted: false, solo: false };

/** The amplitude of each lane: solo beats mute, the lowest fader position is silence. */
export function gainsOf(strips: readonly Strip[]): number[] {
  const anySolo = strips.some(({ solo }) => solo);
  return strips.map(({ gainDb, muted, solo }) => {
    const heard = anySolo ? solo : !muted;
    return heard && gainDb > lowestGainDb ? fromDecibels(gainDb) : 0;
  });
}

/** How the song that is chosen is listened to: faders, what is monitored, whether the playhead is followed. */
class Listening {
  readonly changed = new Emitter();
  strips: readonly Strip[] = [];
  monitor: Monitor = 'lanes';
  follow = true;
  #song: Song | null = null;
  #key = '';
  #choice: MixChoice | null = null;
  #heard: HeardChange | null = null;
  #matched = false;
  /** What an A/B changes over to from the original. */
  #other: Monitor = 'lanes';
  /** Lanes were listened to before the view that compares came. */
  #lanesBefore = false;
  #names: readonly string[] = [];
  /** The faders of every song by the names of its lanes: stems may come in another order, songs may be changed. */
  readonly #faders = new Map<string, ReadonlyMap<string, Strip>>();

  get available(): readonly Monitor[] {
    const song = this.#song;
    if (song === null) return [];
    return monitors
      .filter((monitor) => monitor !== 'mix' || song.mix !== null)
      .filter((monitor) => monitor !== 'lanes' || song.stems !== null || song.inputs.length > 1);
  }

  /** To be called with every news of the song. */
  show(song: Song | null): void {
    const programme = song === null ? null : programmeOf(song);
    const key = JSON.stringify(programme);
    const isSame = this.#song?.id === song?.id;
    const hadLanes = isSame && this.available.includes('lanes');
    const hadMix = isSame && this.available.includes('mix');
    this.#song = song;
    // What has just become possible is what the user waited for.
    if (!hadLanes && this.available.includes('lanes')) this.monitor = this.#matched ? 'original' : 'lanes';
    if (key !== this.#key) {
      this.#key = key;
      player.load(programme);
      const kept = song === null ? undefined : this.#faders.get(song.id);
      this.#names = song === null || programme === null ? [] : lanesOf(song).map(({ name }) => name);
      this.strips = this.#names.map((name) => kept?.get(name) ?? open);
      this.#applyFaders();
    }
    if (!this.available.includes(this.monitor)) this.monitor = this.available.at(-1) ?? 'original';
    if (song?.mix != null) this.tryMix(song.mix.choice);
    this.listenTo(this.monitor);
    if (this.#matched && !hadMix) this.#beginComparing();
  }

  listenTo(monitor: Monitor): void {
    this.monitor = monitor;
    if (monitor !== 'original') this.#other = monitor;
    player.mixer?.listenTo(monitor);
    this.changed.emit();
  }

  /** The other side of an A/B. */
  compare(): void {
    const { available } = this;
    const other = available.includes(this.#other) ? this.#other : available.at(-1);
    if (this.monitor !== 'original') this.listenTo('original');
    else if (other !== undefined) this.listenTo(other);
  }

  setStrip(index: number, change: Partial<Strip>): void {
    this.strips = this.strips.map((strip, at) => (at === index ? { ...strip, ...change } : strip));
    this.#keepFaders();
    this.#applyFaders();
  }

  reset(): void {
    this.strips = this.strips.map(() => open);
    this.#keepFaders();
    this.#applyFaders();
  }

  /**
   * Where before and after are compared, both sound equally loud, and before is the song itself whatever the
   * faders of the stems are; elsewhere the song sounds as it is.
   */
  setMatched(matched: boolean): void {
    this.#matched = matched;
    this.#applyMatch();
    if (matched) {
      this.#beginComparing();
      return;
    }
    if (this.#lanesBefore && this.available.includes('lanes')) this.listenTo('lanes');
    this.#lanesBefore = false;
  }

  setFollow(follow: boolean): void {
    this.follow = follow;
    this.changed.emit();
  }

  #beginComparing(): void {
    if (!this.available.includes('mix')) return;
    if (this.monitor === 'lanes') {
      this.#lanesBefore = true;
      this.listenTo('original');
    }
    this.#other = 'mix';
  }

  #keepFaders(): void {
    if (this.#song === null) return;
    this.#faders.set(this.#song.id, new Map(this.strips.map((strip, at) => [this.#names[at] ?? '', strip])));
  }

  /** How the suggestion changes the loudness, from looking at the lanes; `null` when that is not known yet. */
  hear(change: HeardChange | null): void {
    this.#heard = change;
    this.#applyMatch();
  }

  #applyMatch(): void {
    const plan = this.#song?.mix?.plan;
    const louder =
      plan === undefined || this.#choice === null
        ? null
        : louderBy(plan.before.integratedLufs, plan.after.integratedLufs, this.#choice.strength, this.#heard);
    player.mixer?.match(this.#matched ? matchGains(louder) : unity);
  }

  #applyFaders(): void {
    const gains = gainsOf(this.strips);
    this.strips.forEach(({ pan }, index) => player.mixer?.setChannel(index, gains[index]!, pan));
    this.changed.emit();
  }

  /** The strips of the suggestion, as they are wanted just now. */
  tryMix(choice: MixChoice): void {
    const mix = this.#song?.mix;
    const { mixer } = player;
    if (mix == null || mixer === null || mix.plan.tracks.length !== mixer.channels.length) return;
    const { plan } = mix;
    const lanes = lanesOf(this.#song!);
    const strips = mixer.channels.map(neutralStrip);
    plan.tracks.forEach((track, index) => {
      strips[laneOfTrack(lanes, track.name, index)] = chosenStrip(track, choice);
    });
    mixer.setStrips(strips, plan.reverb).catch(() => undefined);
    this.#choice = choice;
    this.#applyMatch();
  }
}

/** How much louder the mix is than the song as its lanes tell it, in LU. */
interface HeardChange {
  /** At the strength and with the tracks that are chosen. */
  readonly chosen: number;
  /** With all of the suggestion, whose loudness has been measured. */
  readonly whole: number;
}

/**
 * How much louder after is than before, in LU; `null` when that is not known. Measured are both ends of the strength
 * slider with all tracks. Between them and without some tracks it is what the lanes tell; what these leave out (the
 * compressors, what lanes have in common) is taken as proportional to the strength.
 */
export function louderBy(
  before: number | null,
  after: number | null,
  strength: number,
  heard: HeardChange | null,
): number | null {
  if (before === null || after === null) return null;
  const measured = after - before;
  return heard === null ? measured * strength : heard.chosen + strength * (measured - heard.whole);
}

/** Makes before and after equally loud by turning the louder one down. @param louder after beside before, in LU */
export function matchGains(louder: number | null): Record<Monitor, number> {
  if (louder === null) return unity;
  const original = fromDecibels(Math.min(0, louder));
  return { original, lanes: original, mix: fromDecibels(Math.min(0, -louder)) };
}

/** What sounds through the strips: the stems of a mix, or the tracks of a session. */
export function lanesOf(song: Song): readonly Lane[] {
  const stems = song.inputs.length === 1 ? (song.stems?.lanes ?? []) : [];
  // Without stems the song itself is the one lane, so that its fader works.
  return stems.length > 0 ? stems : song.sources;
}

/** The lane that a track of the plan is made of: the one with its name; plans and lanes may be in another order. */
export function laneOfTrack(lanes: readonly Pick<Lane, 'name'>[], track: string, index: number): number {
  const found = lanes.findIndex(({ name }) => name === track);
  return found < 0 ? index : found;
}

/** A track's strip as it is wanted. */
export const chosenStrip = (
  { name, strip }: MixPlan['tracks'][number],
  { strength, skipped }: MixChoice,
): StripSettings => (skipped.includes(name) ? neutralStrip() : withStrength(strip, strength));

/** What is played for a song: a mix with its stems, or the tracks of a session as lanes of their own sum. */
function programmeOf(song: Song): Programme | null {
  const [first] = song.sources;
  if (first === undefined) return null;
  const sources = song.sources.map(({ medium }) => medium);
  const { sampleRate } = first.medium;
  return {
    sampleRate,
    frames: Math.max(...sources.map(({ frames }) => frames)),
    originals: sources,
    lanes: lanesOf(song).map(({ medium }) => medium),
  };
}

export const listening = new Listening();
