import { useEffect, useRef } from 'react';
import { actions } from '../state/actions.ts';
import { texts } from '../texts/texts.ts';
import { IconButton } from './controls.tsx';
import { icons } from './icons.tsx';

interface JobMovesProps {
  readonly jobId: string;
  /** Among those that wait. */
  readonly place: number;
  readonly waiting: number;
}

/** Moves a waiting job up and down. The focus goes along, so that a key can be pressed again. */
export const JobMoves = ({ jobId, place, waiting }: JobMovesProps) => {
  const t = texts().jobs;
  const buttons = useRef<HTMLSpanElement>(null);
  const pressed = useRef<string | null>(null);
  useEffect(() => {
    if (pressed.current === null) return;
    // The list has put the row elsewhere, and at the end of the way the button is off: both take the focus away.
    const usable = [...buttons.current!.querySelectorAll<HTMLButtonElement>('button:not(:disabled)')];
    const same = usable.find((button) => button.getAttribute('aria-label') === pressed.current);
    (same ?? usable[0])?.focus();
    pressed.current = null;
  }, [place]);
  const move = (label: string, to: number) => {
    pressed.current = label;
    void actions.move(jobId, to);
  };
  return (
    <span className="job-moves" ref={buttons}>
      <IconButton label={t.earlier} isDisabled={place === 0} onPress={() => move(t.earlier, place - 1)}>
        <icons.up />
      </IconButton>
      <IconButton label={t.later} isDisabled={place === waiting - 1} onPress={() => move(t.later, place + 1)}>
        <icons.down />
      </IconButton>
    </span>
  );
};
