import type { Song } from '../../main/contracts/desk.ts';
import { LaneArea } from '../parts/LaneArea.tsx';
import { Meter } from '../parts/Meter.tsx';
import { Wave, toneOf } from '../parts/Wave.tsx';
import { clock } from '../canvas/grid.ts';
import { texts } from '../texts/texts.ts';

/** The files as they came, on one timeline. */
export const SessionView = ({ song }: { song: Song }) => {
  const several = song.sources.length > 1;
  return (
    <div className="view view-session">
      {song.sources.length === 0 ? (
        <p className="waiting">{texts().song.reading}</p>
      ) : (
        <LaneArea tags={song.tags}>
          {song.sources.map(({ name, medium }, index) => (
            <div className={several ? 'lane' : 'lane lane-tall'} key={medium.id}>
              <div className="lane-head">
                <strong className="lane-name">{name}</strong>
                <span className="lane-facts">
                  {texts().song.facts(medium.sampleRate, medium.channels)} ·{' '}
                  {clock(medium.frames / medium.sampleRate)}
                </span>
                {several && <Meter channel={index} />}
              </div>
              <Wave
                name={name}
                medium={medium}
                scale={song.sources.map((each) => each.medium)}
                tags={song.tags}
                tone={several ? toneOf(name, index) : 'source'}
              />
            </div>
          ))}
        </LaneArea>
      )}
    </div>
  );
};
