import { SoniError } from '../../main/contracts/errors.ts';
import type { Track } from '../../main/contracts/session.ts';
import type { Session } from '../../main/engine/session/session.ts';

/** Given to new tracks in turn: distinct, and readable on light and dark. */
const palette = ['#3d7dd8', '#d8743d', '#3da563', '#a34fc4', '#c4a33d', '#3daeb8', '#d84f6b', '#7d8a3d'];

const shorten = (name: string): string => name.trim().slice(0, 180);

/** The session's tracks: who is who, under names that people can tell apart. */
export class TrackBook {
  readonly #tracks: Map<string, Track>;

  constructor(private readonly session: Session) {
    this.#tracks = new Map(session.tracks.list().map((track) => [track.id, track]));
  }

  list(): Track[] {
    return [...this.#tracks.values()].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  }

  get(id: string): Track | undefined {
    return this.#tracks.get(id);
  }

  /**
   * By id, by name (case does not matter) or by slot number.
   * @throws SoniError `not-found` | `bad-usage` when several have that name
   */
  find(wanted: string): Track {
    const byId = this.#tracks.get(wanted);
    if (byId !== undefined) return byId;
    const same = (a: string) => a.normalize().toLowerCase() === wanted.trim().normalize().toLowerCase();
    let found = this.list().filter(({ name }) => same(name));
    if (found.length === 0)
      found = this.list().filter(({ slot }) => slot > 0 && String(slot) === wanted.trim());
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const ids = found.map(({ id, slot }) => (slot > 0 ? `slot ${slot}` : id)).join(', ');
      throw new SoniError(
        'bad-usage',
        `${found.length} tracks are called "${wanted}"; name one by slot or id: ${ids}.`,
      );
    }
    const names = this.list().map(({ name }) => name);
    throw new SoniError(
      'not-found',
      `There is no track "${wanted}" in this session; ${names.length === 0 ? 'it has none yet' : `it has: ${names.join(', ')}`}.`,
    );
  }

  /** The track of an instance, made when it is new. */
  admit(id: string, said: { readonly name: string; readonly slot: number }): Track {
    const known = this.#tracks.get(id);
    const name = shorten(said.name);
    if (known !== undefined) {
      // Renamed in the app while the plugin was away: it does not know yet.
      const renamed = this.session.returns
        .list(id)
        .some((row) => row.kind === 'name' && row.confirmed === null);
      const changed = { ...known, slot: said.slot, name: renamed ? known.name : name || known.name };
      return changed.slot === known.slot && changed.name === known.name ? known : this.#put(changed);
    }
    const position = Math.max(-1, ...this.list().map((track) => track.position)) + 1;
    return this.#put({
      id,
      name: name || this.#freeName(said.slot > 0 ? `Slot ${said.slot}` : `Track ${position + 1}`),
      position,
      source: null,
      colour: palette[position % palette.length]!,
      slot: said.slot,
      group: null,
    });
  }

  /** A copy made in the host: like its original, under a name of its own. */
  separate(original: Track, id: string, slot: number): Track {
    const position = Math.max(...this.list().map((track) => track.position)) + 1;
    const name = this.#freeName(original.name);
    return this.#put({ ...original, id, name, position, slot, colour: palette[position % palette.length]! });
  }

  change(id: string, changes: Partial<Pick<Track, 'name' | 'colour' | 'group'>>): Track {
    const track = this.#tracks.get(id)!;
    const name = changes.name === undefined ? track.name : shorten(changes.name) || track.name;
    if (name !== track.name) this.session.returns.put(id, 'name', { name });
    return this.#put({ ...track, ...changes, name });
  }

  #put(track: Track): Track {
    this.session.tracks.put(track);
    this.#tracks.set(track.id, track);
    return track;
  }

  #freeName(wanted: string): string {
    const taken = new Set(this.list().map(({ name }) => name));
    for (let number = 2; ; number++) {
      const name = number === 2 && !taken.has(wanted) ? wanted : `${wanted} (${number})`;
      if (!taken.has(name)) return name;
    }
  }
}
