import { memo, useState } from 'react';
import { Button, Checkbox, Input, TextField } from 'react-aria-components';
import type { StudioTrack } from '../../main/contracts/studio.ts';
import { IconButton, Toggle } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { texts } from '../texts/texts.ts';
import { studioActions } from './studioActions.ts';
import { useStore } from '../state/store.ts';
import { choose, unfold } from './studioState.ts';
import { TakeRow } from './TakeRow.tsx';
import { tagsOfTrack } from './trackTags.ts';

interface HeadProps {
  readonly track: StudioTrack;
  readonly takes: StudioTrack['takes'];
  readonly isChosen: boolean;
  readonly isUnfolded: boolean;
}

/** The name is edited where it stands; Enter or leaving it keeps it, Escape does not. */
const TrackName = ({ track }: { track: StudioTrack }) => {
  const [draft, setDraft] = useState<string | null>(null);
  const keep = () => {
    const name = draft?.trim() ?? '';
    setDraft(null);
    if (name !== '' && name !== track.name) void studioActions.rename(track.id, name);
  };
  return (
    <TextField
      className="studio-name"
      aria-label={texts().studio.name(track.name)}
      value={draft ?? track.name}
      onChange={setDraft}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Enter') (event.target as HTMLElement).blur();
        if (event.key === 'Escape') setDraft(null);
      }}
    >
      <Input className="studio-name-input" maxLength={180} />
    </TextField>
  );
};

function stateText({ plug, host, format, sampleRate, message }: StudioTrack): string {
  const t = texts().studio;
  if (plug === 'lost' || plug === 'away') return t.plugs[plug];
  // What the plugin has to say is more than where it runs.
  const facts = message === '' ? [host, format, `${sampleRate / 1000} kHz`] : [message];
  return [t.plugs[plug], ...facts].filter(Boolean).join(' · ');
}

/** A track's name, state and what it was given; its lane is drawn by the canvases above. */
export const StudioHead = memo(({ track, takes, isChosen, isUnfolded }: HeadProps) => {
  const t = texts().studio;
  const [hearsStems, setHearsStems] = useState(false);
  const tags = useStore(({ songs }) => tagsOfTrack(songs ?? [], track.id).join('\n'));
  const { id, name, slot, plug, colour, returned } = track;
  const held = returned.filter(({ kind }) => kind !== 'name' && kind !== 'monitor');
  const hear = (stems: boolean) => {
    setHearsStems(stems);
    void studioActions.hear(id, stems ? 'stems' : 'original');
  };
  return (
    <div className="studio-track" role="group" aria-label={name} data-plug={plug}>
      <div className="studio-lane">
        <div className="studio-head">
          <span className="studio-colour" style={{ background: colour ?? undefined }} aria-hidden="true" />
          <Checkbox
            className="studio-check"
            aria-label={t.choose(name)}
            isSelected={isChosen}
            onChange={() => choose(id)}
          >
            <span className="checkbox-box" aria-hidden="true" />
          </Checkbox>
          <div className="studio-facts">
            <div className="studio-title">
              <TrackName track={track} />
              {tags !== '' && (
                <ul
                  className="studio-tags"
                  aria-label={texts().song.tagsOf(name)}
                  title={tags.replaceAll('\n', ', ')}
                >
                  {tags.split('\n').map((tag) => (
                    <li className="chip" key={tag}>
                      {tag}
                    </li>
                  ))}
                </ul>
              )}
              {slot > 0 && (
                <span className="studio-slot" title={t.slot(slot)}>
                  {slot}
                </span>
              )}
            </div>
            <span className="studio-state" title={stateText(track)}>
              <span className="studio-dot" aria-hidden="true" />
              <span className="studio-state-text">{stateText(track)}</span>
            </span>
            <div className="studio-row">
              {track.takes.length > 0 && (
                <Button className="studio-takes" aria-expanded={isUnfolded} onPress={() => unfold(id)}>
                  {t.takes(track.takes.length)}
                </Button>
              )}
              {track.droppedFrames > 0 && (
                <span className="studio-lost">{t.dropped(track.droppedFrames)}</span>
              )}
              {held.map(({ kind, held: isHeld }) => (
                <span className="studio-given" key={kind} data-held={isHeld || undefined}>
                  {t.given[kind]}
                </span>
              ))}
              <span className="spring" />
              {held.some(({ kind }) => kind === 'stems') && (
                <Toggle label={t.hearStems(name)} isOn={hearsStems} onChange={hear}>
                  <icons.listen />
                </Toggle>
              )}
              {held.some(({ kind }) => kind === 'stems' || kind === 'notes') && (
                <IconButton label={t.takeBack(name)} onPress={() => void studioActions.takeBack(id)}>
                  <icons.undo />
                </IconButton>
              )}
            </div>
          </div>
        </div>
        <div className="studio-wave" role="img" aria-label={texts().song.waveform(name)} />
      </div>
      {takes.map((take, index) => (
        <TakeRow key={take.id} track={track} take={take} number={track.takes.length - index} />
      ))}
    </div>
  );
});
StudioHead.displayName = 'StudioHead';
