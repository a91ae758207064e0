import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { Song } from '../../main/contracts/desk.ts';
import { actions, attempt } from '../state/actions.ts';
import { desk } from '../state/deskClient.ts';
import { useStudio } from '../studio/studioState.ts';
import { texts } from '../texts/texts.ts';

interface SendToTrackProps {
  readonly song: Song;
  readonly what: 'stems' | 'notes';
  /** Only the notes of this stem; of all when null. */
  readonly part?: string | null;
  /** Notes below it are left out. */
  readonly minConfidence?: number;
}

/** Sends the stems or the notes that are looked at to the plugin on a track of the DAW, also for a song from a file. */
export const SendToTrack = ({ song, what, part = null, minConfidence = 0 }: SendToTrackProps) => {
  const tracks = useStudio(({ studio }) => studio?.tracks ?? null);
  if (tracks === null || tracks.length === 0 || (song.inputs.length !== 1 && part === null)) return null;
  const t = texts().studio;
  const send = async (track: string) => {
    const wish = { songId: song.id, what: [what], track, part, minConfidence, listen: true };
    const given = await attempt(() => desk().call('giveBack', wish));
    const lines = given?.map(({ name, kind, delivered }) => t.gave(name, t.given[kind] ?? kind, delivered));
    if (lines !== undefined) actions.notice('good', lines.join(' '));
  };
  return (
    <MenuTrigger>
      <Button className="button" isDisabled={what === 'stems' && song.stems?.preview !== false}>
        {t.sendTo}
      </Button>
      <Popover className="menu-popover">
        <Menu className="menu" aria-label={t.sendTo} onAction={(key) => void send(String(key))}>
          {tracks.map(({ id, name, slot }) => (
            <MenuItem className="menu-item" id={id} key={id} textValue={name}>
              {name}
              {/* Not every host tells the plugin what its track is called. */}
              {slot > 0 && <span className="menu-hint">{t.slot(slot)}</span>}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
};
