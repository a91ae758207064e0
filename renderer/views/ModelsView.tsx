import { useEffect, useState } from 'react';
import { Button, Checkbox, ProgressBar } from 'react-aria-components';
import type { PackEntry } from '../../main/contracts/desk.ts';
import { Sheet } from '../parts/Sheet.tsx';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';

const megabytes = (bytes: number): number => Math.max(1, Math.round(bytes / 1e6));

interface Installing {
  readonly pack: string;
  readonly label: string;
  readonly fraction: number | null;
  readonly stop: AbortController;
}

export const ModelsView = () => {
  const t = texts().models;
  const packs = useStore((state) => state.packs);
  const [asked, setAsked] = useState<PackEntry | null>(null);
  const [accepted, setAccepted] = useState(false);
  const [installing, setInstalling] = useState<Installing | null>(null);

  useEffect(() => void actions.refreshPacks(), []);

  const install = async (pack: PackEntry, accept: boolean) => {
    setAsked(null);
    const stop = new AbortController();
    setInstalling({ pack: pack.id, label: '', fraction: null, stop });
    await actions.addPack(pack.id, accept, stop.signal, (update) =>
      setInstalling({ pack: pack.id, stop, ...update }),
    );
    setInstalling(null);
  };

  const state = ({ installed, problem }: PackEntry) =>
    problem !== null ? t.damaged : installed ? t.installed : t.notInstalled;

  return (
    <div className="view view-page">
      <div className="view-bar">
        <h2>{texts().views.models}</h2>
      </div>
      <p className="intro">{t.intro}</p>
      <ul className="cards">
        {packs.map((pack) => (
          <li key={pack.id} className="card" aria-label={pack.name}>
            <header>
              <h3>{pack.name}</h3>
              <span
                className={
                  pack.problem !== null ? 'chip chip-bad' : pack.installed ? 'chip chip-good' : 'chip'
                }
              >
                {state(pack)}
              </span>
            </header>
            <p>{pack.problem ?? pack.summary}</p>
            <p className="card-facts">
              {pack.tasks.map((task) => (
                <span className="chip" key={task}>
                  {t.tasks[task] ?? task}
                </span>
              ))}
              <span>{pack.version}</span>
              {pack.installedBytes > 0 && <span>{t.size(megabytes(pack.installedBytes))}</span>}
              <span>{pack.source}</span>
            </p>
            <p className="card-facts">
              {t.licence}: {pack.licence?.id}
            </p>
            {installing?.pack === pack.id ? (
              <div className="installing">
                <ProgressBar
                  className="progress"
                  aria-label={t.installing}
                  isIndeterminate={installing.fraction === null}
                  value={100 * (installing.fraction ?? 0)}
                >
                  {({ percentage }) => (
                    <span className="progress-rail">
                      <span className="progress-fill" style={{ width: `${percentage ?? 30}%` }} />
                    </span>
                  )}
                </ProgressBar>
                <span>{installing.label}</span>
                <Button className="button" onPress={() => installing.stop.abort()}>
                  {texts().cancel}
                </Button>
              </div>
            ) : (
              <div className="card-actions">
                {pack.installed ? (
                  <Button className="button" onPress={() => void actions.removePack(pack.id)}>
                    {t.remove}
                  </Button>
                ) : (
                  <Button
                    className="button button-main"
                    isDisabled={installing !== null}
                    onPress={() => {
                      setAccepted(false);
                      setAsked(pack);
                    }}
                  >
                    {t.install}
                  </Button>
                )}
                {!pack.installed && pack.downloadBytes !== null && (
                  <span className="fact">{t.download(megabytes(pack.downloadBytes))}</span>
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
      <Sheet title={asked?.name ?? ''} isOpen={asked !== null} onClose={() => setAsked(null)} wide>
        {asked !== null && (
          <>
            <p>
              {t.licence}: <strong>{asked.licence?.id}</strong>
              {asked.downloadBytes !== null && <> · {t.download(megabytes(asked.downloadBytes))}</>}
            </p>
            {/* oxlint-disable-next-line */}
            <pre className="licence-text" tabIndex={0}>
              {asked.licence?.text}
            </pre>
            {asked.licence?.mustAccept === true && (
              <Checkbox className="checkbox" isSelected={accepted} onChange={setAccepted}>
                <span className="checkbox-box" aria-hidden="true" />
                {t.accept}
              </Checkbox>
            )}
            <div className="sheet-actions">
              <Button className="button" onPress={() => setAsked(null)}>
                {texts().cancel}
              </Button>
              <Button
                className="button button-main"
                isDisabled={asked.licence?.mustAccept === true && !accepted}
                onPress={() => void install(asked, accepted)}
              >
                {asked.licence?.mustAccept === true ? t.acceptAndInstall : t.install}
              </Button>
            </div>
          </>
        )}
      </Sheet>
    </div>
  );
};
