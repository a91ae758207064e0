import { useEffect, useState } from 'react';
import { Button, Switch } from 'react-aria-components';
import type { MixChoice, Song } from '../../main/contracts/desk.ts';
import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { withStrength } from '../../main/audio/strip/strength.ts';
import { drawEqCurve } from '../canvas/eqCurve.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { Empty, Fader, IconButton } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { useEmitter } from '../parts/Transport.tsx';
import { AnalyseButton } from '../parts/AnalyseButton.tsx';
import { Meter } from '../parts/Meter.tsx';
import { toneOf } from '../parts/Wave.tsx';
import { actions } from '../state/actions.ts';
import { listening } from '../state/listening.ts';
import { texts } from '../texts/texts.ts';
import { decibels, laneName, panText } from './StemsView.tsx';

type Track = MixPlan['tracks'][number];

const EqCurve = ({ name, strip, tone }: { name: string; strip: StripSettings; tone: string }) => {
  const canvas = useCanvas((surface) => {
    const element = canvas.current!;
    drawEqCurve(surface, strip, {
      line: colour(element, `--${tone}`),
      fill: colour(element, `--${tone}-faint`),
      grid: colour(element, '--grid-strong'),
    });
  }, []);
  return <canvas ref={canvas} className="eq-curve" role="img" aria-label={texts().mix.curve(name)} />;
};

const MixStrip = ({
  track,
  index,
  choice,
  onChoice,
}: {
  readonly track: Track;
  readonly index: number;
  readonly choice: MixChoice;
  readonly onChoice: (choice: MixChoice) => void;
}) => {
  const t = texts().mix;
  const name = laneName(track.name);
  const tone = toneOf(track.name, index);
  const skipped = choice.skipped.includes(track.name);
  const strip = skipped ? neutralStrip() : withStrength(track.strip, choice.strength);
  const facts: [string, string][] = [
    [t.gain, decibels(strip.gainDb)],
    [t.pan, panText(strip.pan)],
    [t.send, strip.sendDb === null ? t.off : decibels(strip.sendDb)],
  ];
  return (
    <section className={skipped ? 'strip strip-off' : 'strip'} aria-label={name}>
      <header>
        <span className="swatch" data-tone={tone} aria-hidden="true" />
        <h3>{name}</h3>
        <Switch
          className="switch"
          aria-label={t.keep(name)}
          isSelected={!skipped}
          onChange={(on) =>
            onChoice({
              ...choice,
              skipped: on
                ? choice.skipped.filter((each) => each !== track.name)
                : [...choice.skipped, track.name],
            })
          }
        >
          <span className="switch-track" aria-hidden="true" />
        </Switch>
      </header>
      <Meter channel={index} />
      <EqCurve name={name} strip={strip} tone={tone} />
      <dl className="strip-facts">
        {facts.map(([what, value]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {track.moves.length === 0 ? (
        <p className="strip-nothing">{t.nothing}</p>
      ) : (
        <ul className="moves">
          {track.moves.map((move) => (
            <li key={move.target + move.action}>
              <strong>{move.action}</strong>
              <span>{move.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

/** The suggestion as channel strips, with reasons, at the strength that the user wants. */
export const MixView = ({ song }: { song: Song }) => {
  useEmitter(listening.changed);
  /** While the slider moves: heard and seen at once, noted when it is let go. */
  const [draft, setDraft] = useState<MixChoice | null>(null);
  useEffect(() => {
    listening.setMatched(true);
    return () => listening.setMatched(false);
  }, []);
  const t = texts().mix;
  const { mix } = song;
  if (mix === null) {
    return (
      <Empty title={t.none} text={t.noneText}>
        <AnalyseButton songId={song.id} />
      </Empty>
    );
  }
  const { plan } = mix;
  const choice = draft ?? mix.choice;
  const choose = (next: MixChoice) => {
    setDraft(null);
    void actions.chooseMix(song.id, next);
  };
  const { integratedLufs: before } = plan.before;
  const { integratedLufs: after } = plan.after;
  return (
    <div className="view view-mix">
      <div className="view-bar">
        <span className="bar-label" id="strength-label">
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
        <IconButton label={t.undo} isDisabled={!mix.canUndo} onPress={() => void actions.undoMix(song.id)}>
          <icons.undo />
        </IconButton>
        <div className="segments" role="group" aria-label={texts().transport.monitor}>
          <Button
            className={listening.monitor === 'mix' ? 'segment' : 'segment segment-on'}
            onPress={() => listening.listenTo('original')}
          >
            {t.before}
          </Button>
          <Button
            className={listening.monitor === 'mix' ? 'segment segment-on' : 'segment'}
            onPress={() => listening.listenTo('mix')}
          >
            {t.after}
          </Button>
        </div>
        <span className="fact">{t.matched}</span>
        <span className="spring" />
        {before !== null && after !== null && <span className="fact">{t.loudness(before, after)}</span>}
        <Button className="button" onPress={() => actions.dialog('export')}>
          {texts().stems.export}
        </Button>
      </div>
      {plan.reference !== null && (
        <ul className="reference-notes">
          {plan.reference.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <div className="strips">
        {plan.tracks.map((track, index) => (
          <MixStrip key={track.name} track={track} index={index} choice={choice} onChoice={choose} />
        ))}
      </div>
    </div>
  );
};
