import { useEffect, useState } from 'react';
import type { Song } from '../main/contracts/desk.ts';
import { player } from './audio/player.ts';
import { viewport } from './canvas/viewport.ts';
import { EmptyDesk } from './parts/EmptyDesk.tsx';
import { ExportSheet } from './parts/ExportSheet.tsx';
import { PreferencesSheet } from './parts/PreferencesSheet.tsx';
import { ShortcutSheet } from './parts/ShortcutSheet.tsx';
import { Sidebar } from './parts/Sidebar.tsx';
import { SongHeader } from './parts/SongHeader.tsx';
import { StartSheet } from './parts/StartSheet.tsx';
import { Tour } from './parts/Tour.tsx';
import { Transport } from './parts/Transport.tsx';
import { IconButton } from './parts/controls.tsx';
import { icons } from './parts/icons.tsx';
import { actions } from './state/actions.ts';
import { listening } from './state/listening.ts';
import { currentSong, useStore, type View } from './state/store.ts';
import { texts } from './texts/texts.ts';
import { DoctorView } from './views/DoctorView.tsx';
import { JobsView } from './views/JobsView.tsx';
import { MixView } from './views/MixView.tsx';
import { ModelsView } from './views/ModelsView.tsx';
import { NotesView } from './views/NotesView.tsx';
import { SessionView } from './views/SessionView.tsx';
import { StudioView } from './studio/StudioView.tsx';
import { live } from './studio/live.ts';
import { hasTracks, useStudio } from './studio/studioState.ts';
import { StemsView } from './views/StemsView.tsx';

const SongView = ({ song, view }: { song: Song; view: View }) => {
  switch (view) {
    case 'stems':
      return <StemsView song={song} />;
    case 'notes':
      return <NotesView song={song} />;
    case 'mix':
      return <MixView song={song} />;
    case 'session':
    case 'jobs':
    case 'models':
    case 'doctor':
      return <SessionView song={song} />;
  }
};

const Content = () => {
  const { songs, view } = useStore();
  const song = useStore(currentSong);
  const inStudio = useStudio((state) => state.open || (song === null && hasTracks(state)));
  if (view === 'jobs') return <JobsView />;
  if (view === 'models') return <ModelsView />;
  if (view === 'doctor') return <DoctorView />;
  if (songs === null) return <p className="waiting">{texts().connection.trying}</p>;
  if (view === 'session' && inStudio) return <StudioView />;
  if (song === null) return <EmptyDesk />;
  return (
    <>
      <SongHeader song={song} />
      <SongView song={song} view={view} key={`${song.id} ${view}`} />
      <Transport />
    </>
  );
};

const Notices = () => {
  const notices = useStore((state) => state.notices);
  return (
    <div className="notices" role="status">
      {notices.map(({ id, tone, text }) => (
        <div className="notice" data-tone={tone} key={id}>
          <span>{text}</span>
          <IconButton label={texts().close} onPress={() => actions.dismiss(id)}>
            <icons.close />
          </IconButton>
        </div>
      ))}
    </div>
  );
};

/** Files dropped anywhere on the window are opened. */
function useFileDrop(): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth++;
      setOver(true);
    };
    const leave = () => {
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const drop = (event: DragEvent) => {
      depth = 0;
      setOver(false);
      if (!hasFiles(event)) return;
      event.preventDefault();
      // A place with a use of its own for the file.
      if ((event.target as Element).closest('[data-own-drop]') !== null) return;
      void actions.openFiles([...(event.dataTransfer?.files ?? [])], event.shiftKey);
    };
    const allow = (event: DragEvent) => event.preventDefault();
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', allow);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', allow);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return over;
}

export const App = () => {
  const song = useStore(currentSong);
  const connected = useStore((state) => state.connected);
  const songs = useStore((state) => state.songs);
  const dropping = useFileDrop();
  // Texts are read while rendering: another language is another window.
  const language = useStore((state) => state.preferences?.language ?? 'system');
  useEffect(() => listening.show(song), [song]);
  const inStudio = useStudio((state) => state.open || (song === null && hasTracks(state)));
  useEffect(
    () => viewport.showAll(inStudio ? live.duration : player.duration),
    [song?.id, song?.sources.length, inStudio],
  );
  return (
    <div className="app" key={language} data-dropping={dropping || undefined}>
      <a className="skip" href="#content">
        {texts().nav.skip}
      </a>
      <Sidebar />
      <main id="content" className="content" tabIndex={-1}>
        {!connected && songs !== null && (
          <p className="lost" role="alert">
            {texts().connection.lost}
          </p>
        )}
        <Content />
      </main>
      {song !== null && <StartSheet song={song} key={song.id} />}
      {song !== null && <ExportSheet song={song} key={`export ${song.id}`} />}
      <PreferencesSheet />
      <ShortcutSheet />
      <Tour />
      <Notices />
      {dropping && <div className="drop-hint">{texts().empty.release}</div>}
    </div>
  );
};
