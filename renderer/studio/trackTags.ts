import type { Song } from '../../main/contracts/desk.ts';
import { mixtureRole } from '../../main/contracts/tags.ts';
import { heardName } from '../texts/heardNames.ts';
import { texts } from '../texts/texts.ts';

/** From this probability on an instrument is named. */
const surely = 0.5;
const mostInstruments = 2;

/** What is known of one of a song's tracks: its role in the mix; of a track alone its key and instruments, too. */
export function tagsOf({ tags, mix, sources }: Song, index: number): string[] {
  if (sources.length > 1) {
    const name = sources[index]?.name;
    const planned = mix?.plan.tracks.find((track) => track.name === name);
    return planned === undefined ? [] : [heardName(planned.role)];
  }
  if (tags === null) return [];
  const likeliest = tags.content?.roles[0]?.name;
  const role = likeliest === mixtureRole ? undefined : likeliest;
  const instruments = (tags.content?.instruments ?? [])
    .filter(({ name, confidence }) => confidence >= surely && name !== role)
    .slice(0, mostInstruments);
  const key = tags.key === null ? [] : [texts().song.key(tags.key.tonic, tags.key.mode)];
  const heard = [...(role === undefined ? [] : [role]), ...instruments.map(({ name }) => name)];
  // Two kinds of the same have one name.
  return [...new Set([...heard.map(heardName), ...key])];
}

/** The same of a track of the DAW, from the songs that were made of it; what was looked at alone says most. */
export function tagsOfTrack(songs: readonly Song[], track: string): string[] {
  const made = songs
    .filter(({ origin }) => origin?.tracks.includes(track) === true)
    .toSorted((a, b) => b.opened - a.opened);
  const told = made.map((song) => tagsOf(song, song.origin!.tracks.indexOf(track)));
  return [...new Set(told.toSorted((a, b) => b.length - a.length)[0] ?? [])];
}

/** The song that says most of the session's form: of the most tracks, the latest. */
export function formOf(songs: readonly Song[]): Song | null {
  const told = songs.filter(({ origin, tags }) => origin !== null && (tags?.sections.length ?? 0) > 1);
  const size = ({ inputs }: Song) => inputs.length;
  return told.toSorted((a, b) => size(b) - size(a) || b.opened - a.opened)[0] ?? null;
}
