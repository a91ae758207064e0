import { Button } from 'react-aria-components';
import { actions } from '../state/actions.ts';
import { activeJob, useStore, views } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { JobProgress } from '../views/JobsView.tsx';
import { chooseFiles } from './chooseFiles.ts';
import { StudioItem } from '../studio/StudioItem.tsx';
import { useStudio } from '../studio/studioState.ts';
import { IconButton } from './controls.tsx';
import { icons } from './icons.tsx';

export const Sidebar = () => {
  const t = texts().nav;
  const inStudio = useStudio((state) => state.open);
  const { songs, songId, jobs, view } = useStore();
  const waiting = jobs.filter(({ state }) => state === 'queued' || state === 'running').length;
  return (
    <aside className="sidebar">
      <div className="brand">
        <img src="./icon.svg" width="26" height="26" alt="" />
        <h1>SoniDesk</h1>
      </div>
      <nav aria-label={t.label}>
        {views.map((each) => {
          const Icon = icons[each];
          return (
            <Button
              key={each}
              className="nav-item"
              aria-current={view === each ? 'page' : false}
              data-tour={each}
              onPress={() => actions.show(each)}
            >
              <Icon />
              {texts().views[each]}
              {each === 'jobs' && waiting > 0 && <span className="badge">{waiting}</span>}
            </Button>
          );
        })}
      </nav>
      <StudioItem />
      <section className="songs" aria-label={t.songs}>
        <h2>{t.songs}</h2>
        <ul>
          {(songs ?? []).map((song) => {
            const job = activeJob(jobs, song.id);
            return (
              <li
                key={song.id}
                className="song-item"
                data-current={(song.id === songId && !inStudio) || undefined}
              >
                <Button
                  className="song-button"
                  aria-current={song.id === songId && !inStudio}
                  onPress={() => actions.choose(song.id)}
                >
                  <span className="song-title">{song.title}</span>
                </Button>
                <IconButton label={t.closeSong(song.title)} onPress={() => void actions.close(song.id)}>
                  <icons.close />
                </IconButton>
                {job !== null && <JobProgress job={job} />}
              </li>
            );
          })}
        </ul>
        <Button className="button" data-tour="open" onPress={() => void chooseFiles(false)}>
          {t.open}
        </Button>
        <Button className="button button-quiet" onPress={() => void chooseFiles(true)}>
          {t.openSession}
        </Button>
      </section>
      <div className="sidebar-end">
        <Button className="nav-item nav-quiet" onPress={() => actions.dialog('preferences')}>
          <icons.preferences />
          {t.preferences}
        </Button>
        <Button
          className="nav-item nav-quiet"
          data-tour="shortcuts"
          onPress={() => actions.dialog('shortcuts')}
        >
          <icons.keyboard />
          {t.shortcuts}
        </Button>
      </div>
    </aside>
  );
};
