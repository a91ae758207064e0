import { Switch } from 'react-aria-components';
import type { MixChoice } from '../../main/contracts/desk.ts';
import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';
import { drawEqCurve } from '../canvas/eqCurve.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';
import { decibels, laneName, panText } from '../views/StemsView.tsx';
import { Meter } from './Meter.tsx';

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

/** What the strip does, each with what it was: nothing. */
function factsOf({ gainDb, pan, sendDb, compressor }: StripSettings): [string, string, string][] {
  const t = texts().mix;
  const ratio = compressor.enabled && compressor.ratio > 1.01 ? `${compressor.ratio.toFixed(1)}:1` : t.off;
  return [
    [t.gain, decibels(0), decibels(gainDb)],
    [t.pan, panText(0), panText(pan)],
    [t.compressor, t.off, ratio],
    [t.send, t.off, sendDb === null ? t.off : decibels(sendDb)],
  ];
}

interface MixStripProps {
  readonly track: MixPlan['tracks'][number];
  /** As it is wanted now. */
  readonly strip: StripSettings;
  /** Of the lane that it is made of. */
  readonly channel: number;
  readonly tone: string;
  readonly choice: MixChoice;
  readonly onChoice: (choice: MixChoice) => void;
}

/** A track's part of the suggestion. */
export const MixStrip = ({ track, strip, channel, tone, choice, onChoice }: MixStripProps) => {
  const t = texts().mix;
  const name = laneName(track.name);
  const isSkipped = choice.skipped.includes(track.name);
  return (
    <section className={isSkipped ? 'strip strip-off' : 'strip'} aria-label={name}>
      <header>
        <span className="swatch" data-tone={tone} aria-hidden="true" />
        <h3>{name}</h3>
        <Switch
          className="switch"
          aria-label={t.keep(name)}
          isSelected={!isSkipped}
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
      <Meter channel={channel} />
      <EqCurve name={name} strip={strip} tone={tone} />
      <dl className="strip-facts">
        {factsOf(strip).map(([what, before, after]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd data-same={before === after || undefined}>
              {before === after ? (
                before
              ) : (
                <>
                  <span className="strip-before">{before} →</span> {after}
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {track.moves.length === 0 ? (
        <p className="strip-nothing">{t.nothing}</p>
      ) : (
        <ul className="moves">
          {track.moves.map((move) => (
            <li key={move.target + move.action}>
              <strong>{engineText('mix', move.action)}</strong>
              <span>{engineText('mix', move.reason)}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};
