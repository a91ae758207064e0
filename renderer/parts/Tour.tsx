import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';

/** What each step points at, by the `data-tour` of the sidebar's entries. */
const targets = ['open', 'stems', 'mix', 'jobs', 'doctor', 'shortcuts'] as const;

/** Shown once, beside what it speaks of; it can be skipped at any time and seen again from the preferences. */
export const Tour = () => {
  const isNew = useStore(({ preferences }) => preferences?.tourSeen === false);
  const dialog = useStore((state) => state.dialog);
  return isNew && dialog === null ? <TourCard /> : null;
};

const TourCard = () => {
  const t = texts().tour;
  const [step, setStep] = useState(0);
  const [place, setPlace] = useState(0);
  const card = useRef<HTMLDivElement>(null);
  const target = targets[step]!;
  const isLast = step === targets.length - 1;
  const end = () => void actions.setPreferences({ tourSeen: true });

  useEffect(() => {
    const element = document.querySelector(`[data-tour="${target}"]`);
    element?.setAttribute('data-tour-here', '');
    const height = card.current?.offsetHeight ?? 0;
    const top = element?.getBoundingClientRect().top ?? 0;
    setPlace(Math.max(16, Math.min(top - 20, innerHeight - height - 16)));
    return () => element?.removeAttribute('data-tour-here');
  }, [target]);
  useEffect(() => card.current?.focus(), []);

  const { title, text } = t.steps[step]!;
  return (
    <div
      ref={card}
      className="tour"
      role="dialog"
      aria-label={t.label}
      tabIndex={-1}
      style={{ top: place }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') end();
      }}
    >
      <p className="tour-count">{t.count(step + 1, targets.length)}</p>
      <h2>{title}</h2>
      <p aria-live="polite">{text}</p>
      <div className="sheet-actions">
        <Button className="button button-quiet" onPress={end}>
          {t.skip}
        </Button>
        <span className="spring" />
        {step > 0 && (
          <Button className="button" onPress={() => setStep(step - 1)}>
            {t.back}
          </Button>
        )}
        <Button className="button button-main" onPress={isLast ? end : () => setStep(step + 1)}>
          {isLast ? t.done : t.next}
        </Button>
      </div>
    </div>
  );
};
