import type { FadersMoved, FormerStrip } from '../../main/contracts/dawMixer.ts';
import { stripRanges, type MixPlan, type StripSettings } from '../../main/contracts/mixPlan.ts';
import type { DawMixer, MovedStrip } from './mixer.ts';

/**
 * Which moves of a mix go where, when it is put onto the faders of a DAW: gain and pan onto the strip of the same name,
 * counted from where it stands, and nowhere else; all that a strip cannot do stays with the plugin of the track. The
 * plugin sits before the fader, as gain and pan come last in the plugin's own strip: both ways sound the same.
 */
export interface Matched {
  /** Of the plan, each with the strip's name. */
  readonly pairs: readonly { readonly track: string; readonly strip: string }[];
  readonly missing: readonly string[];
  /** Strips that no track is named after. */
  readonly others: readonly string[];
}

/**
 * Tracks and strips of the same name; letters' case and spaces at the ends do not matter where that leaves one strip only.
 * A plugin knows no strip: few hosts tell it the name of its track, and none its place in the mixer.
 * @param namedNow what a track of the plan is called now, where that has changed since the plan was made
 */
export function matchStrips(
  plan: MixPlan,
  strips: readonly string[],
  namedNow: ReadonlyMap<string, string>,
): Matched {
  const free = new Set(strips);
  const pairs: { track: string; strip: string }[] = [];
  const missing: string[] = [];
  for (const { name } of plan.tracks) {
    const strip = oneCalled(namedNow.get(name), free) ?? oneCalled(name, free);
    if (strip === undefined) missing.push(name);
    else {
      free.delete(strip);
      pairs.push({ track: name, strip });
    }
  }
  return { pairs, missing, others: [...free] };
}

function oneCalled(name: string | undefined, strips: ReadonlySet<string>): string | undefined {
  if (name === undefined || strips.has(name)) return name;
  const same = [...strips].filter((strip) => plain(strip) === plain(name));
  return same.length === 1 ? same[0] : undefined;
}

const plain = (name: string) => name.trim().toLowerCase();

/**
 * How the matched strips were before the mix was put onto them.
 * @param known of those that have it already: it counts from how they were at first
 */
export async function formerStrips(
  mixer: DawMixer,
  { pairs }: Matched,
  known: readonly FormerStrip[],
): Promise<FormerStrip[]> {
  const fresh = new Map(pairs.map(({ track, strip }) => [strip, track]));
  for (const { strip } of known) fresh.delete(strip);
  const states = await mixer.read([...fresh.keys()]);
  return [...known, ...states.map((state) => ({ track: fresh.get(state.strip)!, ...state }))];
}

/** What stays with the plugins: no gain and pan on tracks whose strip has them, and sends that follow the fader. */
export function restOf(plan: MixPlan, former: readonly FormerStrip[]): MixPlan {
  const of = new Map(former.map((each) => [each.track, each]));
  return {
    ...plan,
    tracks: plan.tracks.map((track) => {
      const each = of.get(track.name);
      return each === undefined ? track : { ...track, strip: restOfStrip(track.strip, each) };
    }),
  };
}

function restOfStrip(strip: StripSettings, { pan }: FormerStrip): StripSettings {
  const [least, most] = stripRanges.sendDb;
  return {
    ...strip,
    gainDb: 0,
    pan: pan === null ? strip.pan : 0,
    // The send taps after the gain.
    sendDb: strip.sendDb === null ? null : Math.min(most, Math.max(least, strip.sendDb + strip.gainDb)),
  };
}

/** Puts gain and pan of a plan onto the strips, from how they were. */
export function moveFaders(
  mixer: DawMixer,
  plan: MixPlan,
  former: readonly FormerStrip[],
): Promise<readonly MovedStrip[]> {
  return mixer.move(
    former.flatMap(({ track, ...from }) => {
      const strip = plan.tracks.find(({ name }) => name === track)?.strip;
      return strip === undefined
        ? []
        : [{ from, gainDb: strip.gainDb, pan: from.pan === null ? 0 : strip.pan }];
    }),
  );
}

/** Puts strips back to how they were. */
export async function restoreFaders(mixer: DawMixer, former: readonly FormerStrip[]): Promise<void> {
  if (former.length === 0) return;
  await mixer.move(former.map((from) => ({ from, gainDb: 0, pan: 0 })));
}

/** The outcome in full. @param plugins names of the tracks whose plugins have the rest */
export function fadersReport(
  mixer: DawMixer,
  plan: MixPlan,
  former: readonly FormerStrip[],
  { missing, others }: Matched,
  moved: readonly MovedStrip[],
  plugins: readonly string[],
): FadersMoved {
  const having = (fader: MovedStrip['fader']) =>
    moved.filter((each) => each.fader === fader).map(({ strip }) => strip);
  const has = new Set(plugins.map(plain));
  const onFaders = new Map(former.map(({ track, strip }) => [track, strip]));
  return {
    daw: mixer.name,
    moved: moved.map(({ strip }) => strip),
    atTop: having('at-top'),
    held: having('held'),
    missing: [...missing],
    others: [...others],
    plugins: [...plugins],
    left: restOf(plan, former).tracks.flatMap(({ name, strip }) => {
      const moves = movesIn(strip);
      const isDone = has.has(plain(name)) || has.has(plain(onFaders.get(name) ?? name));
      return !onFaders.has(name) || isDone || moves.length === 0 ? [] : [{ track: name, moves }];
    }),
  };
}

/** What a strip does besides gain, in the words of the plan. */
const movesIn = ({ highPass, eq, compressor, pan, sendDb }: StripSettings): string[] =>
  [
    ['high-pass', highPass.enabled],
    ['eq', eq.some(({ gainDb }) => gainDb !== 0)],
    ['compressor', compressor.enabled],
    ['pan', pan !== 0],
    ['send', sendDb !== null],
  ].flatMap(([move, is]) => (is === true ? [String(move)] : []));
