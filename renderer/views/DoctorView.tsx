import { useEffect } from 'react';
import { Button } from 'react-aria-components';
import type { DeskFinding } from '../../main/contracts/desk.ts';
import { icons } from '../parts/icons.tsx';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';

export const DoctorView = () => {
  const t = texts().doctor;
  const findings = useStore((state) => state.findings);
  const version = useStore((state) => state.version);

  useEffect(() => void actions.checkup(), []);

  const count = (status: DeskFinding['status']) =>
    (findings ?? []).filter((finding) => finding.status === status).length;

  const copy = async () => {
    const lines = (findings ?? []).map(({ name, status, found, fix }) =>
      [`${status.toUpperCase()}  ${name}: ${found}`, ...(fix === null ? [] : [`      ${fix}`])].join('\n'),
    );
    await navigator.clipboard.writeText([`SoniDesk ${version}`, ...lines].join('\n'));
    actions.notice('good', t.copied);
  };

  return (
    <div className="view view-page">
      <div className="view-bar">
        <h2>{texts().views.doctor}</h2>
        <span className="spring" />
        <Button className="button" isDisabled={findings === null} onPress={() => void copy()}>
          {t.copy}
        </Button>
        <Button className="button" isDisabled={findings === null} onPress={() => void actions.checkup()}>
          {t.again}
        </Button>
      </div>
      <p className="intro">{t.intro}</p>
      {findings === null ? (
        <p className="waiting" role="status">
          {t.checking}
        </p>
      ) : (
        <>
          <p className="intro" role="status">
            {t.summary(count('ok'), count('warn'), count('fail'))}
          </p>
          <ul className="findings">
            {findings.map(({ name, status, found, fix }) => (
              <li key={name} className="finding" data-status={status}>
                <span className="finding-mark" role="img" aria-label={t.states[status]}>
                  {status === 'ok' ? <icons.good /> : <icons.warn />}
                </span>
                <strong>{engineText('doctor', name)}</strong>
                <span>
                  {engineText('doctor', found)}
                  {fix !== null && <em>{engineText('doctor', fix)}</em>}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
};
