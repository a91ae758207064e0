import type { PreferencesChange } from '../../main/contracts/preferences.ts';
import type {
  ExportWish,
  JobSteps,
  MixChoice,
  NoteEdit,
  NoteSheet,
  PackImport,
} from '../../main/contracts/desk.ts';
import { shell } from '../connection.ts';
import { openStudio } from '../studio/studioState.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';
import { desk } from './deskClient.ts';
import { localFindings } from './localFindings.ts';
import { useStore, type State, type View } from './store.ts';

let noticeCount = 0;
const noticeMs = 9000;

function notice(tone: 'good' | 'bad', text: string): void {
  const id = noticeCount++;
  useStore.setState(({ notices }) => ({ notices: [...notices, { id, tone, text }] }));
  setTimeout(() => actions.dismiss(id), noticeMs);
}

/** Whatever goes wrong is said; nothing is swallowed. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (thrown) {
    notice('bad', engineText('errors', thrown instanceof Error ? thrown.message : String(thrown)));
    return null;
  }
}

/** Everything a user can do, as commands to the desk; what comes of it arrives through the topics. */
export const actions = {
  notice,
  dismiss: (id: number) =>
    useStore.setState(({ notices }) => ({ notices: notices.filter((each) => each.id !== id) })),
  show: (view: View) => useStore.setState({ view }),
  choose(songId: string): void {
    openStudio(false);
    useStore.setState({ songId });
  },
  dialog: (dialog: State['dialog']) => useStore.setState({ dialog }),

  async openPaths(paths: readonly string[], together = false): Promise<void> {
    if (paths.length === 0) return;
    const ids = await attempt(() => desk().call('open', { paths: [...paths], together }));
    const first = ids?.[0];
    if (first === undefined) return;
    openStudio(false);
    useStore.setState({ songId: first, view: 'session' });
  },

  /** Files dropped or chosen in the window; a browser has to send them, the app knows where they lie. */
  async openFiles(files: readonly File[], together = false): Promise<void> {
    const paths = await attempt(() => Promise.all(files.map(pathOf)));
    await actions.openPaths(paths ?? [], together);
  },

  close: (songId: string) => attempt(() => desk().call('close', { songId })),
  start: (songId: string, steps: JobSteps) => attempt(() => desk().call('start', { songId, steps })),
  cancel: (jobId: string) => attempt(() => desk().call('cancel', { jobId })),
  pause: (jobId: string) => attempt(() => desk().call('pause', { jobId })),
  resume: (jobId: string) => attempt(() => desk().call('resume', { jobId })),
  move: (jobId: string, place: number) => attempt(() => desk().call('move', { jobId, place })),
  tidy: () => attempt(() => desk().call('tidy', {})),

  notes: (songId: string): Promise<NoteSheet | null> => attempt(() => desk().call('notes', { songId })),
  editNotes: (songId: string, edit: NoteEdit) => attempt(() => desk().call('editNotes', { songId, edit })),
  undoNotes: (songId: string) => attempt(() => desk().call('undoNotes', { songId })),
  redoNotes: (songId: string) => attempt(() => desk().call('redoNotes', { songId })),
  chooseMix: (songId: string, choice: MixChoice) =>
    attempt(() => desk().call('chooseMix', { songId, choice })),
  undoMix: (songId: string) => attempt(() => desk().call('undoMix', { songId })),
  redoMix: (songId: string) => attempt(() => desk().call('redoMix', { songId })),
  async applyMix(songId: string): Promise<void> {
    const reached = await attempt(() => desk().call('applyMix', { songId }));
    if (reached !== null) notice('good', texts().mix.given(reached.join(', ')));
  },
  async applyMixToFaders(songId: string): Promise<void> {
    const outcome = await attempt(() => desk().call('applyMixToFaders', { songId }));
    if (outcome === null) return;
    const { missing, held, left, atTop } = outcome;
    const isWhole = missing.length + held.length + left.length + atTop.length === 0;
    notice(isWhole ? 'good' : 'bad', texts().mix.onFaders(outcome));
  },
  /** A suggestion that comes near to this mix. */
  async matchReference(songId: string, file: File): Promise<void> {
    const path = await attempt(() => pathOf(file));
    if (path !== null) await actions.start(songId, { stems: null, notes: null, mix: true, reference: path });
  },
  setPreferences: (change: PreferencesChange) => attempt(() => desk().call('setPreferences', change)),

  async export(
    songId: string,
    directory: string,
    wish: ExportWish,
    signal: AbortSignal,
    onProgress: (update: { label: string; fraction: number; note?: string | undefined }) => void,
  ): Promise<readonly string[] | null> {
    const files = await attempt(() =>
      desk()
        .call('export', { songId, directory, wish }, { signal, onEvent: onProgress })
        .catch((thrown: unknown) => {
          if (!signal.aborted) throw thrown;
          notice('good', texts().export.stopped);
          return null;
        }),
    );
    if (files !== null) notice('good', texts().export.done(files.length, directory));
    return files;
  },

  async refreshPacks(): Promise<void> {
    const packs = await attempt(() => desk().call('packs', {}));
    if (packs !== null) useStore.setState({ packs });
  },
  async addPack(
    pack: string,
    acceptLicence: boolean,
    signal: AbortSignal,
    onProgress: (update: { label: string; fraction: number | null }) => void,
  ): Promise<void> {
    await attempt(() => desk().call('addPack', { pack, acceptLicence }, { signal, onEvent: onProgress }));
    await actions.refreshPacks();
  },
  async removePack(pack: string): Promise<void> {
    await attempt(() => desk().call('removePack', { pack }));
    await actions.refreshPacks();
  },
  async importPack(file: File, wish: Omit<PackImport, 'file'>): Promise<boolean> {
    const path = await attempt(() => pathOf(file));
    if (path === null) return false;
    const done = await attempt(async () => {
      await desk().call('importPack', { ...wish, file: path });
      return true;
    });
    await actions.refreshPacks();
    return done ?? false;
  },
  async measurePack(
    pack: string,
    signal: AbortSignal,
    onProgress: (update: { label: string; fraction: number | null }) => void,
  ): Promise<void> {
    await attempt(() => desk().call('measurePack', { pack }, { signal, onEvent: onProgress }));
    await actions.refreshPacks();
  },
  async checkup(): Promise<void> {
    useStore.setState({ findings: null });
    const findings = await attempt(() => Promise.all([desk().call('checkup', {}), localFindings()]));
    useStore.setState({ findings: findings?.flat() ?? [] });
  },
  /** A file for dragging out of the window. */
  dragFile: (songId: string, what: 'stem' | 'midi', name: string, minConfidence: number) =>
    attempt(() => desk().call('dragFile', { songId, what, name, minConfidence })),
};

/** A browser has to send a file, the app knows where it lies. */
const pathOf = async (file: File): Promise<string> =>
  shell === null ? await send(file) : shell.pathOf(file);

async function send(file: File): Promise<string> {
  const answer = await fetch(`/incoming?name=${encodeURIComponent(file.name)}`, {
    method: 'POST',
    body: file,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return (JSON.parse(text) as { path: string }).path;
}
