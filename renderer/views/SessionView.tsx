import type { Song } from '../../main/contracts/desk.ts';
import { LaneArea } from '../parts/LaneArea.tsx';
import { Meter } from '../parts/Meter.tsx';
import { Wave, toneOf } from '../parts/Wave.tsx';
import { clock } from '../canvas/grid.ts';
import { useStore } from '../state/store.ts';
import { tagsOf } from '../studio/trackTags.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';

/** Until a song has been read; or why it could not be. */
const Reading = ({ songId }: { songId: string }) => {
  const failed = useStore(({ jobs }) => jobs.find((job) => job.songId === songId && job.state === 'failed'));
  if (failed?.error == null) return <p className="waiting">{texts().song.reading}</p>;
  return (
    <p className="waiting failure" role="alert">
      {engineText('errors', failed.error.message)}
    </p>
  );
};

/** The files as they came, on one timeline. */
export const SessionView = ({ song }: { song: Song }) => {
  const several = song.sources.length > 1;
  return (
    <div className="view view-session">
      {song.sources.length === 0 ? (
        <Reading songId={song.id} />
      ) : (
        <LaneArea tags={song.tags}>
          {song.sources.map(({ name, medium }, index) => (
            <div className={several ? 'lane' : 'lane lane-tall'} key={medium.id}>
              <div className="lane-head">
                <div className="lane-title">
                  {several && <span className="swatch" data-tone={toneOf(name, index)} aria-hidden="true" />}
                  <strong className="lane-name" title={name}>
                    {name}
                  </strong>
                </div>
                <span className="lane-facts">
                  {texts().song.facts(medium.sampleRate, medium.channels)} ·{' '}
                  {clock(medium.frames / medium.sampleRate)}
                </span>
                <ul className="lane-tags" aria-label={texts().song.tagsOf(name)}>
                  {tagsOf(song, index).map((tag) => (
                    <li className="chip" key={tag}>
                      {tag}
                    </li>
                  ))}
                </ul>
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
