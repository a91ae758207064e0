import { useEffect, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import type { MixChoice, Song } from '../../main/contracts/desk.ts';
import { AnalyseButton } from '../parts/AnalyseButton.tsx';
import { Empty, Fader } from '../parts/controls.tsx';
import { MixStrip } from '../parts/MixStrip.tsx';
import { ReferenceDrop } from '../parts/ReferenceDrop.tsx';
import { useEmitter } from '../parts/Transport.tsx';
import { UndoRedo } from '../parts/UndoRedo.tsx';
import { toneOf } from '../parts/Wave.tsx';
import { MixPictures } from '../mixPictures/MixPictures.tsx';
import { actions } from '../state/actions.ts';
import { useDawMixer } from '../state/dawMixer.ts';
import { chosenStrip, laneOfTrack, lanesOf, listening } from '../state/listening.ts';
import { undoable } from '../state/shown.ts';
import { activeJob, useStore } from '../state/store.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';
import { laneName } from './StemsView.tsx';

/** Before or after; both sound equally loud while this view is shown. */
const Compare = () => {
  useEmitter(listening.changed);
  const t = texts().mix;
  const isAfter = listening.monitor === 'mix';
  const sides = [
    [t.before, 'original', !isAfter],
    [t.after, 'mix', isAfter],
  ] as const;
  return (
    <div className="segments" role="group" aria-label={texts().transport.monitor}>
      {sides.map(([name, monitor, isOn]) => (
        <Button
          key={monitor}
          className={isOn ? 'segment segment-on' : 'segment'}
          aria-pressed={isOn}
          onPress={() => listening.listenTo(monitor)}
        >
          {name}
        </Button>
      ))}
    </div>
  );
};

/**
 * A choice that is being made: heard and seen at once, and held until the engine has told of it; the next key may
 * be pressed before that.
 */
function useDraft(
  known: MixChoice | null,
): [MixChoice | null, (draft: MixChoice | null, note?: () => Promise<unknown>) => void] {
  const [draft, setDraft] = useState<MixChoice | null>(null);
  const underWay = useRef(0);
  // Every news of the song brings a new object. News that come after the answer hold what was asked for.
  useEffect(() => {
    if (underWay.current === 0) setDraft(null);
  }, [known]);
  const hold = (next: MixChoice | null, note?: () => Promise<unknown>) => {
    setDraft(next);
    if (note === undefined) return;
    underWay.current++;
    void note().finally(() => underWay.current--);
  };
  return [draft, hold];
}

/** The suggestion as channel strips, with reasons, at the strength that the user wants. */
export const MixView = ({ song }: { song: Song }) => {
  const [draft, setDraft] = useDraft(song.mix?.choice ?? null);
  useEffect(() => {
    listening.setMatched(true);
    return () => listening.setMatched(false);
  }, []);
  const { id } = song;
  const steps = {
    // What is being chosen is over then, whether the engine has told of it or not.
    undo: () => (setDraft(null), void actions.undoMix(id)),
    redo: () => (setDraft(null), void actions.redoMix(id)),
  };
  const latest = useRef(steps);
  latest.current = steps;
  useEffect(() => {
    undoable.current = { undo: () => latest.current.undo(), redo: () => latest.current.redo() };
    return () => {
      undoable.current = null;
    };
  }, []);
  const planning = useStore((state) => activeJob(state.jobs, song.id)?.steps.mix === true);
  const daw = useDawMixer();
  const t = texts().mix;
  const { mix } = song;
  if (mix === null && planning) return <Empty title={t.coming} text={t.comingText} />;
  if (mix === null) {
    return (
      <Empty title={t.none} text={t.noneText}>
        <AnalyseButton songId={song.id} />
      </Empty>
    );
  }
  const { plan } = mix;
  const choice = draft ?? mix.choice;
  const choose = (next: MixChoice) => setDraft(next, () => actions.chooseMix(song.id, next));
  const { integratedLufs: before } = plan.before;
  const { integratedLufs: after } = plan.after;
  const lanes = lanesOf(song);
  const tracks = plan.tracks.map((track, index) => {
    const channel = laneOfTrack(lanes, track.name, index);
    return { track, channel, tone: toneOf(track.name, channel), strip: chosenStrip(track, choice) };
  });
  return (
    <div className="view view-mix">
      <div className="view-bar">
        <Compare />
        <span className="bar-label" aria-hidden="true">
          {t.strength}
        </span>
        <Fader
          label={t.strength}
          value={choice.strength}
          onChange={(strength) => {
            setDraft({ ...choice, strength });
            listening.tryMix({ ...choice, strength });
          }}
          onCommit={(strength) => choose({ ...choice, strength })}
          min={0}
          max={1.5}
          step={0.05}
          home={1}
          format={(value) => `${Math.round(100 * value)} %`}
        />
        <UndoRedo
          labels={t}
          canUndo={mix.canUndo}
          canRedo={mix.canRedo}
          onUndo={steps.undo}
          onRedo={steps.redo}
        />
        <span className="spring" />
        <Button className="button" onPress={() => void actions.applyMix(song.id)}>
          {t.apply}
        </Button>
        {daw !== null && (
          <Button className="button" onPress={() => void actions.applyMixToFaders(song.id)}>
            {t.applyToFaders(daw)}
          </Button>
        )}
        <Button className="button" onPress={() => actions.dialog('export')}>
          {texts().stems.export}
        </Button>
      </div>
      <div className="view-facts">
        {mix.applied && (
          <span className="chip chip-good">{mix.faders === null ? t.appliedNow : t.onFadersNow}</span>
        )}
        <ReferenceDrop songId={song.id} file={plan.reference?.file ?? null} />
        <span className="fact">{t.matched}</span>
        {before !== null && after !== null && <span className="fact">{t.loudness(before, after)}</span>}
        {plan.reference?.notes.map((note) => (
          <span className="fact" key={note}>
            {engineText('mix', note)}
          </span>
        ))}
      </div>
      {/* Scrolls by itself, so that the bar stays. */}
      {/* oxlint-disable-next-line */}
      <div className="mix-scroll" tabIndex={0} role="group" aria-label={texts().views.mix}>
        <MixPictures
          tracks={tracks.flatMap(({ track, channel, tone, strip }) => {
            const lane = lanes[channel];
            return lane === undefined
              ? []
              : [
                  {
                    name: laneName(track.name),
                    medium: lane.medium,
                    tone,
                    strip,
                    suggested: track.strip,
                  },
                ];
          })}
        />
        <div className="strips">
          {tracks.map(({ track, channel, tone, strip }) => (
            <MixStrip
              key={track.name}
              track={track}
              strip={strip}
              channel={channel}
              tone={tone}
              choice={choice}
              onChoice={choose}
            />
          ))}
        </div>
      </div>
    </div>
  );
};
