import { Button } from 'react-aria-components';
import type { Lane, Song } from '../../main/contracts/desk.ts';
import { Empty, Fader, IconButton, Toggle } from '../parts/controls.tsx';
import { DragOut } from '../parts/DragOut.tsx';
import { icons } from '../parts/icons.tsx';
import { AnalyseButton } from '../parts/AnalyseButton.tsx';
import { LaneArea } from '../parts/LaneArea.tsx';
import { Meter } from '../parts/Meter.tsx';
import { SendToTrack } from '../parts/SendToTrack.tsx';
import { SpectrogramToggle } from '../parts/SpectrogramToggle.tsx';
import { useEmitter } from '../parts/Transport.tsx';
import { Wave, toneOf } from '../parts/Wave.tsx';
import { actions } from '../state/actions.ts';
import { gainsOf, listening, lowestGainDb } from '../state/listening.ts';
import { shown } from '../state/shown.ts';
import { activeJob, useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';

export const decibels = (value: number): string =>
  value <= lowestGainDb ? '−∞' : `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)} dB`;

export const panText = (value: number): string =>
  Math.abs(value) < 0.005 ? 'C' : `${value < 0 ? 'L' : 'R'}${Math.round(100 * Math.abs(value))}`;

export const laneName = (name: string): string => texts().stems.names[name] ?? name;

const StemLane = ({ song, lane, index }: { song: Song; lane: Lane; index: number }) => {
  const t = texts().stems;
  const strip = listening.strips[index];
  const name = laneName(lane.name);
  const tone = toneOf(lane.name, index);
  if (strip === undefined) return null;
  const set = (change: Partial<typeof strip>) => listening.setStrip(index, change);
  const choose = () => shown.setLane(index);
  return (
    <div
      className="lane"
      role="group"
      aria-label={name}
      data-current={shown.lane === index ? '' : undefined}
      onFocus={choose}
      onPointerDown={choose}
    >
      <div className="lane-head">
        <div className="lane-title">
          <span className="swatch" data-tone={tone} aria-hidden="true" />
          <strong className="lane-name">{name}</strong>
          {song.stems?.preview === false && (
            <DragOut
              songId={song.id}
              what="stem"
              name={lane.name}
              minConfidence={0}
              fileName={`${song.title} - ${lane.name}.wav`}
              label={t.drag(name)}
            />
          )}
          <div className="lane-buttons">
            <Toggle tone="mute" label={t.mute(name)} isOn={strip.muted} onChange={(muted) => set({ muted })}>
              M
            </Toggle>
            <Toggle tone="solo" label={t.solo(name)} isOn={strip.solo} onChange={(solo) => set({ solo })}>
              S
            </Toggle>
          </div>
        </div>
        <Fader
          label={t.level(name)}
          value={strip.gainDb}
          onChange={(gainDb) => set({ gainDb })}
          min={lowestGainDb}
          max={12}
          step={0.1}
          home={0}
          format={decibels}
        />
        <Fader
          label={t.pan(name)}
          value={strip.pan}
          onChange={(pan) => set({ pan })}
          min={-1}
          max={1}
          step={0.01}
          home={0}
          format={panText}
        />
        <Meter channel={index} />
      </div>
      <Wave
        name={name}
        medium={lane.medium}
        scale={song.sources.map(({ medium }) => medium)}
        tags={song.tags}
        tone={tone}
        awaited={song.stems?.preview === true ? (song.sources[0]?.medium ?? null) : null}
        dimmed={gainsOf(listening.strips)[index] === 0}
        spectrogram={shown.spectrogram}
      />
    </div>
  );
};

/** The stems as a mixer over the song's time. */
export const StemsView = ({ song }: { song: Song }) => {
  useEmitter(listening.changed);
  useEmitter(shown.changed);
  const splitting = useStore((state) => activeJob(state.jobs, song.id)?.steps.stems != null);
  const t = texts().stems;
  const { stems } = song;
  if (stems === null && splitting && song.inputs.length === 1) {
    return <Empty title={t.coming} text={t.comingText} />;
  }
  if (stems === null) {
    return (
      <Empty title={t.none} text={song.inputs.length > 1 ? texts().start.session : t.noneText}>
        {song.inputs.length === 1 && <AnalyseButton songId={song.id} />}
      </Empty>
    );
  }
  return (
    <div className="view view-stems">
      <div className="view-bar">
        <div className="bar-facts">
          {stems.preview ? (
            <span className="fact" role="status">
              {t.preview}
            </span>
          ) : (
            <>
              <span className="chip chip-good">{t.residualDb(stems.residualDb)}</span>
              <span className="fact">{t.residual(stems.residualDb)}</span>
            </>
          )}
          {stems.model !== null && (
            <span className="fact">
              {t.model(stems.model.pack, stems.model.provider, stems.model.realtimeFactor)}
            </span>
          )}
        </div>
        <SpectrogramToggle place="Lanes" />
        <IconButton label={t.reset} onPress={() => listening.reset()}>
          <icons.undo />
        </IconButton>
        <SendToTrack song={song} what="stems" />
        <Button className="button" isDisabled={stems.preview} onPress={() => actions.dialog('export')}>
          {t.export}
        </Button>
      </div>
      <LaneArea tags={song.tags}>
        {stems.lanes.map((lane, index) => (
          <StemLane key={lane.medium.id} song={song} lane={lane} index={index} />
        ))}
      </LaneArea>
    </div>
  );
};
