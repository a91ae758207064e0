import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import type { Song } from '../../main/contracts/desk.ts';
import { texts } from '../texts/texts.ts';
import { studioActions } from './studioActions.ts';

/** Gives what was made of a captured song back to the plugins of its tracks. */
export const GiveBack = ({ song }: { song: Song }) => {
  const t = texts().studio;
  const choices = [
    { id: 'stems', is: song.stems !== null && !song.stems.preview && song.inputs.length === 1 },
    { id: 'notes', is: (song.noteCount ?? 0) > 0 },
  ] as const;
  const there = choices.filter(({ is }) => is).map(({ id }) => id);
  if (song.origin === null || there.length === 0) return null;
  return (
    <MenuTrigger>
      <Button className="button">{t.giveBack}</Button>
      <Popover className="menu-popover">
        <Menu
          className="menu"
          aria-label={t.giveBack}
          onAction={(key) =>
            void studioActions.giveBack(song.id, key === 'all' ? there : there.filter((id) => id === key))
          }
        >
          {there.map((id) => (
            <MenuItem className="menu-item" id={id} key={id}>
              {t.given[id]}
            </MenuItem>
          ))}
          {there.length > 1 && (
            <MenuItem className="menu-item" id="all">
              {t.giveAll}
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
};
