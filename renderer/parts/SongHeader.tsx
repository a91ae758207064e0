import { Button } from 'react-aria-components';
import type { Song } from '../../main/contracts/desk.ts';
import { actions } from '../state/actions.ts';
import { activeJob, useStore } from '../state/store.ts';
import { clock } from '../canvas/grid.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';
import { JobProgress, etaText } from '../views/JobsView.tsx';
import { GiveBack } from '../studio/GiveBack.tsx';
import { IconButton } from './controls.tsx';
import { icons } from './icons.tsx';

/** What was heard in the song, as chips. */
function chipsOf({ tags, sources }: Song): string[] {
  const t = texts().song;
  const chips: string[] = [];
  const [first] = sources;
  if (first !== undefined) chips.push(clock(first.medium.frames / first.medium.sampleRate));
  if (tags?.key != null) chips.push(t.key(tags.key.tonic, tags.key.mode));
  if (tags?.tempo != null) chips.push(t.bpm(tags.tempo.bpm));
  if (tags?.loudness.integrated != null) chips.push(t.lufs(tags.loudness.integrated));
  if (tags?.loudness.truePeak != null) chips.push(t.peak(tags.loudness.truePeak));
  return chips;
}

export const SongHeader = ({ song }: { song: Song }) => {
  const job = useStore((state) => activeJob(state.jobs, song.id));
  const t = texts();
  return (
    <header className="song-header">
      <h2>{song.title}</h2>
      <ul className="chips" aria-label={t.song.tags}>
        {chipsOf(song).map((chip) => (
          <li className="chip" key={chip}>
            {chip}
          </li>
        ))}
      </ul>
      <span className="spring" />
      <GiveBack song={song} />
      {job === null ? (
        <Button className="button button-main" onPress={() => actions.dialog('start')}>
          {t.start.open}
        </Button>
      ) : (
        <div className="song-job" role="status">
          <span className="song-job-label">
            {job.state === 'paused' ? t.jobs.states.paused : engineText('jobs', job.label)}
            {job.etaSeconds !== null && ` · ${t.jobs.eta(etaText(job.etaSeconds))}`}
          </span>
          <JobProgress job={job} />
          {job.state === 'paused' ? (
            <IconButton label={t.jobs.resume} onPress={() => void actions.resume(job.id)}>
              <icons.play />
            </IconButton>
          ) : (
            <IconButton label={t.jobs.pause} onPress={() => void actions.pause(job.id)}>
              <icons.pause />
            </IconButton>
          )}
          <IconButton label={t.jobs.cancel} onPress={() => void actions.cancel(job.id)}>
            <icons.close />
          </IconButton>
        </div>
      )}
    </header>
  );
};
