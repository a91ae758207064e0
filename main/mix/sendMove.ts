import { isSilent, type Track, withArticle } from './track.ts';

/** Side against middle, in dB, above which a track already carries a room. */
const roomDb = -14;

/** A reverb send by role for tracks that stand dry in the middle. */
export function setSend(track: Track): void {
  const { profile, measured } = track;
  if (isSilent(track) || profile.send === null || measured.widthDb > roomDb) return;
  track.strip = { ...track.strip, sendDb: profile.send };
  track.moves.push({
    target: 'send',
    action: `reverb send at ${profile.send.toFixed(0)} dB`,
    reason: `${measured.widthDb === -Infinity ? 'It is mono' : `Its sides are ${Math.abs(measured.widthDb).toFixed(0)} dB under its middle`}, so it carries no room of its own; a little puts ${withArticle(profile.label)} into the same space as the rest.`,
  });
}
