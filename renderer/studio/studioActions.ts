import type { Marker, StudioTake } from '../../main/contracts/studio.ts';
import { actions, attempt } from '../state/actions.ts';
import { desk } from '../state/deskClient.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { live } from './live.ts';
import { openStudio, useStudio } from './studioState.ts';

const markers = (): readonly Marker[] => useStudio.getState().studio?.markers ?? [];
const setMarkers = (next: readonly Marker[]) =>
  attempt(() => desk().call('setMarkers', { markers: [...next] }));

/** What a user does with the tracks of the DAW, as commands to the engine. */
export const studioActions = {
  rename: (track: string, name: string) => attempt(() => desk().call('editTrack', { track, name })),

  /** What the tracks have captured becomes a song, and the question is what to make of it. */
  async analyse(tracks: readonly string[]): Promise<void> {
    const songId = await attempt(() => desk().call('openTracks', { tracks: [...tracks] }));
    if (songId === null) return;
    openStudio(false);
    useStore.setState({ songId, view: 'session', dialog: 'start' });
  },

  async giveBack(songId: string, what: readonly ('stems' | 'notes')[]): Promise<void> {
    const wish = { songId, what: [...what], track: null, part: null, minConfidence: 0, listen: true };
    const given = await attempt(() => desk().call('giveBack', wish));
    if (given === null) return;
    const t = texts().studio;
    const lines = given.map(({ name, kind, delivered }) => t.gave(name, t.given[kind] ?? kind, delivered));
    actions.notice('good', lines.join(' '));
  },

  takeBack: (track: string) => attempt(() => desk().call('takeBack', { track })),
  hear: (track: string, source: 'original' | 'stems') =>
    attempt(() => desk().call('hearTrack', { track, source })),

  /** From now on a take sounds between two places, in seconds of the host's timeline. */
  chooseTake(track: string, take: StudioTake, from: number, to: number): Promise<unknown> {
    const [start, end] = [from, to].map((seconds) => Math.round(seconds * take.sampleRate)) as [
      number,
      number,
    ];
    return attempt(() => desk().call('chooseTake', { track, take: take.id, start, end }));
  },
  undoTakes: () => attempt(() => desk().call('undoComp', {})),
  redoTakes: () => attempt(() => desk().call('redoComp', {})),

  addMarker: (seconds: number) =>
    setMarkers([
      ...markers(),
      {
        id: crypto.randomUUID(),
        frame: Math.round(Math.max(0, seconds) * live.sampleRate),
        name: texts().studio.markerName(markers().length + 1),
      },
    ]),
  renameMarker: (id: string, name: string) =>
    setMarkers(markers().map((each) => (each.id === id ? { ...each, name } : each))),
  removeMarker: (id: string) => setMarkers(markers().filter((each) => each.id !== id)),
};
