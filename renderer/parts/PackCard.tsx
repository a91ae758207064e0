import { useState } from 'react';
import { Button, ProgressBar } from 'react-aria-components';
import type { PackEntry } from '../../main/contracts/desk.ts';
import { actions } from '../state/actions.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';

export const megabytes = (bytes: number): number => Math.max(1, Math.round(bytes / 1e6));

/** Something that is being done to a pack, with what it has to say. */
interface Work {
  readonly label: string;
  readonly fraction: number | null;
  readonly stop: AbortController;
}

type Doing = (
  signal: AbortSignal,
  report: (update: { label: string; fraction: number | null }) => void,
) => Promise<void>;

/** Shows the progress of what is done to a pack, and lets it be cancelled. */
export function usePackWork(): [Work | null, (doing: Doing) => Promise<void>] {
  const [work, setWork] = useState<Work | null>(null);
  const perform = async (doing: Doing) => {
    const stop = new AbortController();
    setWork({ label: '', fraction: null, stop });
    await doing(stop.signal, (update) => setWork({ ...update, stop }));
    setWork(null);
  };
  return [work, perform];
}

const PackProgress = ({ work }: { work: Work }) => {
  const t = texts().models;
  return (
    <div className="installing">
      <ProgressBar
        className="progress"
        aria-label={t.installing}
        isIndeterminate={work.fraction === null}
        value={100 * (work.fraction ?? 0)}
      >
        {({ percentage }) => (
          <span className="progress-rail">
            <span className="progress-fill" style={{ width: `${percentage ?? 30}%` }} />
          </span>
        )}
      </ProgressBar>
      <span>{engineText('jobs', work.label)}</span>
      <Button className="button" onPress={() => work.stop.abort()}>
        {texts().cancel}
      </Button>
    </div>
  );
};

/** What the pack is for, and how it did on this machine. */
const PackFacts = ({ pack }: { pack: PackEntry }) => {
  const t = texts().models;
  const facts: [string, string][] = [
    [t.useFor, t.advice[pack.id] ?? t.adviceForOwn],
    [
      t.speed,
      pack.speeds.length === 0
        ? t.notMeasured
        : pack.speeds.map(({ provider, realtimeFactor }) => t.speedOn(realtimeFactor, provider)).join(', '),
    ],
    [t.licence, pack.licence?.id ?? '–'],
    [t.source, pack.source],
  ];
  return (
    <dl className="pack-facts">
      {facts.map(([what, fact]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
};

interface PackCardProps {
  readonly pack: PackEntry;
  /** Asks for the licence first. */
  readonly onInstall: () => void;
  readonly installing: Work | null;
}

export const PackCard = ({ pack, onInstall, installing }: PackCardProps) => {
  const t = texts().models;
  const [measuring, measure] = usePackWork();
  const work = installing ?? measuring;
  const isDamaged = pack.problem !== null;
  const [chip, state] = isDamaged
    ? ['chip chip-bad', t.damaged]
    : pack.installed
      ? ['chip chip-good', t.installed]
      : ['chip', t.notInstalled];
  const measurable = pack.tasks.some((task) => task === 'separate' || task === 'transcribe');
  return (
    <li className="card" aria-label={pack.name}>
      <header>
        <h3>{pack.name}</h3>
        <span className={chip}>{state}</span>
      </header>
      <p>{pack.problem === null ? pack.summary : engineText('errors', pack.problem)}</p>
      <p className="card-facts">
        {pack.tasks.map((task) => (
          <span className="chip" key={task}>
            {t.tasks[task] ?? task}
          </span>
        ))}
        {pack.stems.length > 0 && (
          <span>{pack.stems.map((stem) => texts().stems.names[stem] ?? stem).join(', ')}</span>
        )}
        <span>{pack.version}</span>
        {pack.installedBytes > 0 && <span>{t.size(megabytes(pack.installedBytes))}</span>}
      </p>
      <PackFacts pack={pack} />
      {work !== null ? (
        <PackProgress work={work} />
      ) : (
        <div className="card-actions">
          {pack.installed || isDamaged ? (
            <>
              {measurable && !isDamaged && (
                <Button
                  className="button"
                  onPress={() =>
                    void measure((signal, report) => actions.measurePack(pack.id, signal, report))
                  }
                >
                  {t.measure}
                </Button>
              )}
              <Button className="button button-quiet" onPress={() => void actions.removePack(pack.id)}>
                {t.remove}
              </Button>
            </>
          ) : (
            <Button className="button button-main" onPress={onInstall}>
              {t.install}
            </Button>
          )}
          {!pack.installed && pack.downloadBytes !== null && (
            <span className="fact">{t.download(megabytes(pack.downloadBytes))}</span>
          )}
        </div>
      )}
    </li>
  );
};
