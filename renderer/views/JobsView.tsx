import { Button, ProgressBar } from 'react-aria-components';
import type { DeskJob } from '../../main/contracts/desk.ts';
import { JobMoves } from '../parts/JobMoves.tsx';
import { Empty, IconButton } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { actions } from '../state/actions.ts';
import { useStore, type View } from '../state/store.ts';
import { engineText } from '../texts/engine/engineText.ts';
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

/** What was asked for, as chips. */
function stepsOf({ steps }: DeskJob): string[] {
  const t = texts();
  const names = [
    steps.stems !== null && t.start.stems,
    steps.notes !== null && t.start.notes,
    steps.mix && (steps.reference === undefined ? t.start.mix : t.mix.reference),
  ].filter((name) => name !== false);
  if (names.length === 0) return [t.jobs.reading];
  // Only these listen to what is in the song.
  const listens = steps.features !== undefined && (steps.notes !== null || steps.mix);
  return listens ? [...names, t.jobs.features[steps.features ? 'with' : 'without']] : names;
}

/** "Separating · 2.3× real time on CPU · htdemucs · about 20 s left in this step" */
function factsOf({ label, speed, provider, pack, etaSeconds }: DeskJob): string {
  const t = texts().jobs;
  const where = provider?.toUpperCase() ?? null;
  const facts = [
    engineText('jobs', label),
    speed === null ? where : t.speed(speed, where),
    pack,
    etaSeconds === null ? null : t.eta(etaText(etaSeconds)),
  ];
  return facts.filter((fact) => fact !== null && fact !== '').join(' · ');
}

/** Where what an error speaks of is mended. */
function remedyOf({ kind, detail }: NonNullable<DeskJob['error']>): View | null {
  if (kind === 'licence-required' || detail?.['pack'] !== undefined) return 'models';
  return ['no-space', 'denied', 'crashed', 'internal'].includes(kind) ? 'doctor' : null;
}

const JobError = ({ error }: { error: NonNullable<DeskJob['error']> }) => {
  const remedy = remedyOf(error);
  return (
    <div className="job-error" role="alert">
      <p>{engineText('errors', error.message)}</p>
      {remedy !== null && (
        <Button className="button" onPress={() => actions.show(remedy)}>
          {texts().jobs.remedies[remedy]}
        </Button>
      )}
    </div>
  );
};

const JobRow = ({ job, place, waiting }: { job: DeskJob; place: number; waiting: number }) => {
  const t = texts().jobs;
  const over = ['done', 'failed', 'cancelled'].includes(job.state);
  return (
    <li className="job" data-state={job.state} aria-label={job.title}>
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
        <ul className="chips" aria-label={t.steps}>
          {stepsOf(job).map((step) => (
            <li className="chip" key={step}>
              {step}
            </li>
          ))}
        </ul>
        <span className="spring" />
        <span className="job-state">{t.states[job.state]}</span>
        {job.state === 'queued' && <JobMoves jobId={job.id} place={place} waiting={waiting} />}
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
      {!over && job.state !== 'queued' && <JobProgress job={job} />}
      {job.state === 'running' && <p className="job-label">{factsOf(job)}</p>}
      {job.error !== null && <JobError error={job.error} />}
      {job.notes.length > 0 && (
        <ul className="job-notes">
          {job.notes.map((note) => (
            <li key={note}>{engineText('jobs', note)}</li>
          ))}
        </ul>
      )}
    </li>
  );
};

/** What runs on top, then what waits in its order, what was paused, and what is over with the latest first. */
function inOrder(jobs: readonly DeskJob[]): DeskJob[] {
  const of = (...states: DeskJob['state'][]) => jobs.filter(({ state }) => states.includes(state));
  return [
    ...of('running'),
    ...of('queued'),
    ...of('paused'),
    ...of('done', 'failed', 'cancelled').toReversed(),
  ];
}

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
        {inOrder(jobs).map((job) => (
          <JobRow key={job.id} job={job} place={waiting.indexOf(job)} waiting={waiting.length} />
        ))}
      </ul>
    </div>
  );
};
