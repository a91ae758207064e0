import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Medium } from '../../main/contracts/desk.ts';
import type { StripSettings } from '../../main/contracts/mixPlan.ts';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { colour, useCanvas, type Surface } from '../canvas/useCanvas.ts';
import { listening } from '../state/listening.ts';
import { texts } from '../texts/texts.ts';
import { bandCentres, hertzText } from './bands.ts';
import { drawMasking, drawSpectrum, drawStereo, type PictureColours } from './drawPictures.ts';
import type { LaneBands } from './laneBands.ts';
import { listenToLanes } from './listenToLanes.ts';
import { heardDb } from './heardLoudness.ts';
import { bandGains, masking, mixBands, type Masking, type MixBands } from './mixBands.ts';

export interface PicturedTrack {
  readonly name: string;
  readonly medium: Medium;
  readonly strip: StripSettings;
  /** The whole suggestion for it, whatever is chosen of it. */
  readonly suggested: StripSettings;
  /** Name of its colour in the style sheet. */
  readonly tone: string;
}

const coloursOf = (element: HTMLCanvasElement): PictureColours => ({
  before: colour(element, '--dim'),
  after: colour(element, '--accent'),
  afterFaint: colour(element, '--accent-faint'),
  grid: colour(element, '--grid-strong'),
  text: colour(element, '--dim'),
  covered: colour(element, '--bad'),
});

interface PictureProps {
  readonly label: string;
  readonly className?: string;
  readonly draw: (surface: Surface, colours: PictureColours, element: HTMLCanvasElement) => void;
}

const Picture = ({ label, draw, className = 'picture' }: PictureProps) => {
  const canvas = useCanvas((surface) => draw(surface, coloursOf(canvas.current!), canvas.current!), []);
  return <canvas ref={canvas} className={className} role="img" aria-label={label} />;
};

interface FigureProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Which line is which; once is enough. */
  readonly hasKey?: boolean;
}

const Figure = ({ title, children, hasKey = false }: FigureProps) => {
  const t = texts().mix;
  return (
    <figure className="mix-figure">
      <figcaption>
        <strong>{title}</strong>
        {hasKey && (
          <>
            <span className="key key-before">{t.before}</span>
            <span className="key key-after">{t.after}</span>
          </>
        )}
      </figcaption>
      {children}
    </figure>
  );
};

/** What the suggestion does to the whole, as pictures that follow the strength and the tracks that are left out. */
export const MixPictures = ({ tracks }: { tracks: readonly PicturedTrack[] }) => {
  const t = texts().mix;
  const [heard, setHeard] = useState<readonly LaneBands[] | null>(null);
  const ids = tracks.map(({ medium }) => medium.id).join(' ');
  useEffect(() => {
    const stop = new AbortController();
    setHeard(null);
    const listen = async () => {
      const lanes = await listenToLanes(
        tracks.map(({ medium }) => medium),
        stop.signal,
      );
      if (!stop.signal.aborted) setHeard(lanes);
    };
    // When it fails the song was closed, or the connection is lost, which the window says itself.
    void listen().catch(() => undefined);
    return () => stop.abort();
    // The media stay the same while their ids do.
    // eslint-disable-next-line
  }, [ids]);

  const before = useMemo(() => heard && picture(heard, tracks.map(neutralStrip)), [heard, tracks.length]);
  const lanes = heard !== null && heard.length === tracks.length ? heard : null;
  const after =
    lanes &&
    picture(
      lanes,
      tracks.map(({ strip }) => strip),
    );
  const louder = (mix: MixBands | null) => mix && before && heardDb(mix) - heardDb(before.mix);
  const chosen = louder(after && after.mix);
  const whole = louder(
    lanes &&
      mixBands(
        lanes,
        tracks.map(({ suggested }) => bandGains(suggested)),
      ),
  );
  useEffect(() => {
    listening.hear(chosen === null || whole === null ? null : { chosen, whole });
    return () => listening.hear(null);
  }, [chosen, whole]);
  if (before === null || after === null) {
    return (
      <section className="mix-pictures" aria-label={t.pictures}>
        <p className="waiting" role="status">
          {t.listening}
        </p>
      </section>
    );
  }
  return (
    <section className="mix-pictures" aria-label={t.pictures}>
      <Figure title={t.spectrum} hasKey>
        <Picture
          label={t.spectrumText(hertzText(strongestChange(before.mix.spectrum, after.mix.spectrum)))}
          draw={(surface, colours) => drawSpectrum(surface, before.mix, after.mix, colours)}
        />
      </Figure>
      <Figure title={t.stereo}>
        <Picture
          label={t.stereoText(2 * before.mix.totalWidth, 2 * after.mix.totalWidth)}
          draw={(surface, colours) =>
            drawStereo(surface, before.mix, after.mix, { left: t.left, right: t.right }, colours)
          }
        />
      </Figure>
      <Figure title={t.masking}>
        {/* Scrolls in a large session. */}
        {/* oxlint-disable-next-line */}
        <ul className="masking" aria-label={t.maskingText} tabIndex={0}>
          {tracks.map((track, index) => (
            <MaskingRow
              key={track.name}
              track={track}
              before={before.masking[index]!}
              after={after.masking[index]!}
            />
          ))}
        </ul>
      </Figure>
    </section>
  );
};

const MaskingRow = ({
  track: { name, tone },
  before,
  after,
}: {
  readonly track: PicturedTrack;
  readonly before: Masking;
  readonly after: Masking;
}) => {
  const t = texts().mix;
  const percent = (part: number) => `${Math.round(100 * part)}`;
  return (
    <li>
      <span className="masking-name" title={name}>
        {name}
      </span>
      <Picture
        className="masking-row"
        label={t.maskingOf(name, before.total, after.total)}
        draw={(surface, colours, element) =>
          drawMasking(surface, before, after, colour(element, `--${tone}`), colours)
        }
      />
      <span className="masking-part" aria-hidden="true">
        {t.change(percent(before.total), `${percent(after.total)} %`)}
      </span>
    </li>
  );
};

function picture(lanes: readonly LaneBands[], strips: readonly StripSettings[]) {
  const gains = strips.map(bandGains);
  return { mix: mixBands(lanes, gains), masking: masking(lanes, gains) };
}

/** Centre of the band that changes most, of those that can be heard. @returns hertz */
function strongestChange(before: Float64Array, after: Float64Array): number {
  const audible = Math.max(...before) - 48;
  const change = (band: number) => (before[band]! < audible ? 0 : Math.abs(after[band]! - before[band]!));
  return bandCentres[bandCentres.reduce((best, _, band) => (change(band) > change(best) ? band : best), 0)]!;
}
