import { useState } from 'react';
import { Button, Checkbox } from 'react-aria-components';
import type { PackEntry, Song } from '../../main/contracts/desk.ts';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { Sheet } from './Sheet.tsx';

/** The pack that would do a task: one that is installed, else the first that is known. */
function packFor(packs: readonly PackEntry[], task: string): PackEntry | null {
  const fitting = packs.filter(({ tasks }) => tasks.includes(task));
  return fitting.find(({ installed }) => installed) ?? fitting[0] ?? null;
}

interface ChoiceProps {
  readonly title: string;
  readonly text: string;
  readonly remark: string | null;
  readonly isOn: boolean;
  readonly isPossible: boolean;
  readonly onChange: (isOn: boolean) => void;
}

const Choice = ({ title, text, remark, isOn, isPossible, onChange }: ChoiceProps) => (
  <Checkbox className="choice" isSelected={isOn && isPossible} isDisabled={!isPossible} onChange={onChange}>
    <span className="checkbox-box" aria-hidden="true" />
    <span>
      <strong>{title}</strong>
      <span className="choice-text">{text}</span>
      {remark !== null && <span className="choice-remark">{remark}</span>}
    </span>
  </Checkbox>
);

/** What is to be made of a song. */
export const StartSheet = ({ song }: { song: Song }) => {
  const t = texts().start;
  const isOpen = useStore((state) => state.dialog === 'start');
  const packs = useStore((state) => state.packs);
  const [wish, setWish] = useState({ stems: true, notes: true, mix: true });
  const [separator, transcriber] = [packFor(packs, 'separate'), packFor(packs, 'transcribe')];
  const isSession = song.inputs.length > 1;
  const missing = (pack: PackEntry | null) =>
    pack !== null && !pack.installed ? t.missing(pack.name) : null;
  const canSplit = !isSession && separator?.installed === true;
  const canTranscribe = transcriber?.installed === true;
  const nothing = !((wish.stems && canSplit) || (wish.notes && canTranscribe) || wish.mix);

  const go = () => {
    actions.dialog(null);
    void actions.start(song.id, {
      stems: wish.stems && canSplit ? separator.id : null,
      notes: wish.notes && canTranscribe ? transcriber.id : null,
      mix: wish.mix,
    });
    actions.show(wish.stems && canSplit ? 'stems' : wish.notes && canTranscribe ? 'notes' : 'mix');
  };

  return (
    <Sheet title={t.title} isOpen={isOpen} onClose={() => actions.dialog(null)}>
      <div className="choices">
        <Choice
          title={t.stems}
          text={t.stemsText}
          remark={isSession ? t.session : missing(separator)}
          isOn={wish.stems}
          isPossible={canSplit}
          onChange={(stems) => setWish({ ...wish, stems })}
        />
        <Choice
          title={t.notes}
          text={t.notesText}
          remark={missing(transcriber)}
          isOn={wish.notes}
          isPossible={canTranscribe}
          onChange={(notes) => setWish({ ...wish, notes })}
        />
        <Choice
          title={t.mix}
          text={t.mixText}
          remark={null}
          isOn={wish.mix}
          isPossible
          onChange={(mix) => setWish({ ...wish, mix })}
        />
      </div>
      <div className="sheet-actions">
        {((!isSession && !canSplit) || !canTranscribe) && (
          <Button
            className="button"
            onPress={() => {
              actions.dialog(null);
              actions.show('models');
            }}
          >
            {t.models}
          </Button>
        )}
        <span className="spring" />
        <Button className="button" onPress={() => actions.dialog(null)}>
          {t.later}
        </Button>
        <Button className="button button-main" isDisabled={nothing} onPress={go}>
          {t.go}
        </Button>
      </div>
    </Sheet>
  );
};
