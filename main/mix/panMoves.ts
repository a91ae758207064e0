import { stripRanges } from '../contracts/mixPlan.ts';
import type { Role } from './roles.ts';
import { clamp, isSilent, signedDb, type Track, withArticle } from './track.ts';

/** A track this wide (side against mid) has a stereo picture of its own: it is not panned. */
const narrowDb = -12;
/** Lean to one side, in dB of right over left, from which it is called off-centre. */
const leanDb = 1.5;
/** Where a group of narrow tracks of one role is spread to. */
const spread: Partial<Record<Role, number>> = {
  'backing-vocal': 0.6,
  guitar: 0.7,
  keys: 0.35,
  'lead-synth': 0.3,
  pluck: 0.45,
  percussion: 0.5,
  hats: 0.25,
  strings: 0.5,
  brass: 0.4,
  pad: 0.4,
};

/** "GTR_L", "Gtr Right": the name says where it belongs. */
function sideOfName(name: string): -1 | 0 | 1 {
  const word = /(?:^|[^a-z])(l|left|r|right)$/i.exec(name.replace(/\.[a-z0-9]{2,4}$/i, '').trim())?.[1];
  if (word === undefined) return 0;
  return word.toLowerCase().startsWith('l') ? -1 : 1;
}

function setPan(track: Track, pan: number, reason: string): void {
  const value = Math.round(clamp(pan, stripRanges.pan) * 100) / 100;
  if (value === 0) return;
  track.strip = { ...track.strip, pan: value };
  track.moves.push({
    target: 'pan',
    action: `${Math.abs(Math.round(value * 100))} % ${value < 0 ? 'left' : 'right'}`,
    reason,
  });
}

/** Centres what belongs in the middle, spreads groups of narrow tracks of one role in balanced pairs. */
export function setPans(tracks: readonly Track[]): void {
  for (const track of tracks) {
    const { balanceDb } = track.measured;
    if (isSilent(track) || !track.profile.centred || Math.abs(balanceDb) < leanDb) continue;
    // tan of the pan angle over that of the centre is right over left.
    const angle = Math.atan(1 / 10 ** (balanceDb / 20));
    setPan(
      track,
      (angle * 4) / Math.PI - 1,
      `It leans ${Math.abs(balanceDb).toFixed(1)} dB to the ${balanceDb > 0 ? 'right' : 'left'}; ${withArticle(track.profile.label)} carries the middle of the mix.`,
    );
  }
  for (const [role, width] of Object.entries(spread)) {
    const group = tracks.filter(
      (track) =>
        track.role === role &&
        !isSilent(track) &&
        track.measured.widthDb < narrowDb &&
        Math.abs(track.measured.balanceDb) < leanDb,
    );
    if (group.length >= 2) spreadGroup(group, width);
  }
}

function spreadGroup(group: readonly Track[], width: number): void {
  const named = group.filter(({ name }) => sideOfName(name) !== 0);
  for (const track of named) {
    const side = sideOfName(track.name);
    setPan(
      track,
      side * width,
      `Its name says ${side < 0 ? 'left' : 'right'} and it is mono (${widthText(track)}).`,
    );
  }
  const rest = group.filter(({ name }) => sideOfName(name) === 0);
  rest.forEach((track, k) => {
    // Pairs from the inside out; an odd one stays in the middle.
    const pairs = Math.floor(rest.length / 2);
    const middle = rest.length % 2 === 1 ? 1 : 0;
    if (k < middle) return;
    const pair = Math.floor((k - middle) / 2);
    const side = (k - middle) % 2 === 0 ? -1 : 1;
    setPan(
      track,
      (side * width * (pair + 1)) / pairs,
      `${rest.length} narrow ${track.profile.label} tracks (${widthText(track)}) stand on one spot; spread in balanced pairs each is heard.`,
    );
  });
}

const widthText = ({ measured }: Track): string =>
  measured.widthDb === -Infinity
    ? 'left and right are the same'
    : `side ${signedDb(measured.widthDb)} against the middle`;
