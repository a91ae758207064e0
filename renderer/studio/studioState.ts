import { create } from 'zustand';
import type { Studio, StudioTrack } from '../../main/contracts/studio.ts';
import type { DeskClient } from '../connection.ts';
import { live } from './live.ts';

interface StudioState {
  /** `null` until the engine has told. */
  readonly studio: Studio | null;
  /** The live session is looked at, rather than a song. */
  readonly open: boolean;
  /** Tracks chosen for what is started next, by id. */
  readonly chosen: ReadonlySet<string>;
  /** Tracks whose takes are shown one by one. */
  readonly unfolded: ReadonlySet<string>;
}

export const useStudio = create<StudioState>(() => ({
  studio: null,
  open: false,
  chosen: new Set(),
  unfolded: new Set(),
}));

const toggled = (set: ReadonlySet<string>, id: string): ReadonlySet<string> => {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
};

export const choose = (id: string): void =>
  useStudio.setState(({ chosen }) => ({ chosen: toggled(chosen, id) }));
export const chooseAll = (ids: readonly string[]): void => useStudio.setState({ chosen: new Set(ids) });
export const unfold = (id: string): void =>
  useStudio.setState(({ unfolded }) => ({ unfolded: toggled(unfolded, id) }));
export const openStudio = (open: boolean): void => useStudio.setState({ open });

/** Whether there is anything of a DAW to look at. */
export const hasTracks = ({ studio }: StudioState): boolean => (studio?.tracks.length ?? 0) > 0;

/** Subscribes to what the engine tells of the DAW's session. */
export function followStudio(client: DeskClient) {
  live.reset();
  return [
    client.subscribe('studio', (studio) => {
      const before = useStudio.getState().studio;
      const tracks = studio.tracks.map((track) => unchanged(before, track));
      live.know(studio);
      const ids = new Set(tracks.map(({ id }) => id));
      useStudio.setState(({ chosen }) => ({
        studio: { ...studio, tracks },
        chosen: new Set([...chosen].filter((id) => ids.has(id))),
      }));
    }),
    client.subscribe('pulse', (pulse) => live.pulse(pulse)),
  ];
}

/** The same object when nothing of the track is new, so that only what changed is rendered. */
function unchanged(before: Studio | null, track: StudioTrack): StudioTrack {
  const known = before?.tracks.find(({ id }) => id === track.id);
  return known !== undefined && JSON.stringify(known) === JSON.stringify(track) ? known : track;
}
