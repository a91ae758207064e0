import { Input, TextField } from 'react-aria-components';
import { clock } from '../canvas/grid.ts';
import { IconButton } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { Sheet } from '../parts/Sheet.tsx';
import { texts } from '../texts/texts.ts';
import { studioActions } from './studioActions.ts';
import { useStudio } from './studioState.ts';

/** Names and removes markers, also without a mouse. */
export const MarkerSheet = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => {
  const t = texts().studio;
  const studio = useStudio((state) => state.studio);
  const { markers = [], sampleRate = 48_000 } = studio ?? {};
  return (
    <Sheet title={t.markers} isOpen={isOpen} onClose={onClose}>
      {markers.length === 0 && <p>{t.noMarkers}</p>}
      <ul className="marker-list">
        {markers.map(({ id, name, frame }) => (
          <li key={id}>
            <span className="studio-clock">{clock(frame / sampleRate, 1)}</span>
            <TextField aria-label={t.nameOfMarker(name)} defaultValue={name}>
              <Input
                className="studio-name-input marker-name"
                maxLength={180}
                onBlur={(event) => {
                  const next = event.currentTarget.value.trim();
                  if (next !== '' && next !== name) void studioActions.renameMarker(id, next);
                }}
              />
            </TextField>
            <IconButton label={t.removeMarker(name)} onPress={() => void studioActions.removeMarker(id)}>
              <icons.close />
            </IconButton>
          </li>
        ))}
      </ul>
    </Sheet>
  );
};
