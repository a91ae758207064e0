import { create } from 'zustand';
import type { Preferences } from '../../main/contracts/preferences.ts';
import type { DeskFinding, DeskJob, PackEntry, Song } from '../../main/contracts/desk.ts';

export const views = ['session', 'stems', 'notes', 'mix', 'jobs', 'models', 'doctor'] as const;
export type View = (typeof views)[number];

export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

export interface State {
  readonly connected: boolean;
  readonly version: string;
  readonly musicFolder: string;
  /** `null` until the desk has told. */
  readonly songs: readonly Song[] | null;
  readonly jobs: readonly DeskJob[];
  readonly packs: readonly PackEntry[];
  readonly findings: readonly DeskFinding[] | null;
  readonly songId: string | null;
  readonly view: View;
  /** As the engine keeps them; `null` until it has told. */
  readonly preferences: Preferences | null;
  readonly dialog: 'export' | 'preferences' | 'shortcuts' | 'start' | null;
  readonly notices: readonly Notice[];
}

/** What the window shows. Written by what the desk tells and by `actions`; views only read it. */
export const useStore = create<State>(() => ({
  connected: false,
  version: '',
  musicFolder: '',
  songs: null,
  jobs: [],
  packs: [],
  findings: null,
  songId: null,
  view: 'session',
  preferences: null,
  dialog: null,
  notices: [],
}));

export const currentSong = (state: State): Song | null =>
  state.songs?.find(({ id }) => id === state.songId) ?? null;

/** The job of a song that is not over. */
export const activeJob = (jobs: readonly DeskJob[], songId: string): DeskJob | null =>
  jobs.find((job) => job.songId === songId && ['running', 'queued', 'paused'].includes(job.state)) ?? null;
