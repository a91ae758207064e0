import { Button, ProgressBar } from 'react-aria-components';
import type { DeskJob } from '../../main/contracts/desk.ts';
import { Empty, IconButton } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';

/** As coarse as the forecast is. */
export function etaText(seconds: number): string {
  const t = texts().jobs;
  return seconds < 90 ? t.seconds(Math.max(1, Math.round(seconds))) : t.minutes(Math.round(seconds / 60));
}

export const JobProgress = ({ job }: { job: DeskJob }) => (
  <ProgressBar className="progress" aria-label={texts().jobs.progress(job.title)} value={100 * job.fraction}>
    {({ percentage }) => (
      <span className="progress-rail">
        <span className="progress-fill" data-state={job.state} style={{ width: `${percentage ?? 0}%` }} />
      </span>
    )}
  </ProgressBar>
);

const JobRow = ({ job, place }: { job: DeskJob; place: number }) => {
  const t = texts().jobs;
  const over = ['done', 'failed', 'cancelled'].includes(job.state);
  return (
    <li className="job" data-state={job.state}>
      <div className="job-head">
        <Button
          className="job-title"
          onPress={() => {
            actions.choose(job.songId);
            actions.show('session');
          }}
        >
          {job.title}
        </Button>
        <span className="job-state">{t.states[job.state]}</span>
        <span className="spring" />
        {job.state === 'queued' && (
          <>
            <IconButton label={t.earlier} onPress={() => void actions.move(job.id, Math.max(0, place - 1))}>
              <icons.up />
            </IconButton>
            <IconButton label={t.later} onPress={() => void actions.move(job.id, place + 1)}>
              <icons.down />
            </IconButton>
          </>
        )}
        {job.state === 'running' && (
          <IconButton label={t.pause} onPress={() => void actions.pause(job.id)}>
            <icons.pause />
          </IconButton>
        )}
        {['paused', 'failed', 'cancelled'].includes(job.state) && (
          <IconButton label={t.resume} onPress={() => void actions.resume(job.id)}>
            <icons.play />
          </IconButton>
        )}
        {!over && (
          <IconButton label={t.cancel} onPress={() => void actions.cancel(job.id)}>
            <icons.close />
          </IconButton>
        )}
      </div>
      {!over && <JobProgress job={job} />}
      {job.state === 'running' && (
        <p className="job-label">
          {job.label}
          {job.etaSeconds !== null && <span> · {t.eta(etaText(job.etaSeconds))}</span>}
        </p>
      )}
      {job.error !== null && (
        <p className="job-error" role="alert">
          {job.error.message}
        </p>
      )}
      {job.notes.length > 0 && (
        <ul className="job-notes">
          {job.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </li>
  );
};

export const JobsView = () => {
  const jobs = useStore((state) => state.jobs);
  const t = texts().jobs;
  if (jobs.length === 0) return <Empty title={t.none} text={t.noneText} />;
  const waiting = jobs.filter(({ state }) => state === 'queued');
  return (
    <div className="view view-jobs view-page">
      <div className="view-bar">
        <h2>{texts().views.jobs}</h2>
        <span className="spring" />
        <Button className="button" onPress={() => void actions.tidy()}>
          {t.tidy}
        </Button>
      </div>
      <ul className="jobs">
        {jobs.toReversed().map((job) => (
          <JobRow key={job.id} job={job} place={waiting.indexOf(job)} />
        ))}
      </ul>
    </div>
  );
};
