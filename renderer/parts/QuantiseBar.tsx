import { Button } from 'react-aria-components';
import type { QuantiseSettings } from '../notes/quantise.ts';
import { texts } from '../texts/texts.ts';
import { Choice, Fader, Toggle } from './controls.tsx';
import { icons } from './icons.tsx';

interface QuantiseBarProps {
  readonly settings: QuantiseSettings;
  readonly onSettings: (settings: QuantiseSettings) => void;
  readonly snaps: boolean;
  readonly onSnaps: (snaps: boolean) => void;
  /** Without a pulse there is no grid. */
  readonly isPossible: boolean;
  readonly onQuantise: () => void;
}

const divisions = [1, 2, 4, 8] as const;
const percent = (value: number) => `${Math.round(100 * value)} %`;

/** The grid that notes are brought to, and how far. */
export const QuantiseBar = (props: QuantiseBarProps) => {
  const { settings, onSettings, isPossible } = props;
  const t = texts().notes;
  const set = (change: Partial<QuantiseSettings>) => onSettings({ ...settings, ...change });
  return (
    <div className="bar-group" role="group" aria-label={t.quantise}>
      <Choice
        label={t.grid}
        value={String(settings.division)}
        options={divisions.map((division) => ({ id: String(division), name: `1/${4 * division}` }))}
        onChange={(chosen) =>
          set({ division: divisions.find((division) => String(division) === chosen) ?? settings.division })
        }
      />
      <Toggle label={t.triplets} isOn={settings.triplets} onChange={(triplets) => set({ triplets })}>
        3
      </Toggle>
      <Toggle label={t.snap} isOn={props.snaps} onChange={props.onSnaps}>
        <icons.snap />
      </Toggle>
      <span className="bar-label" aria-hidden="true">
        {t.strength}
      </span>
      <Fader
        label={t.strength}
        value={settings.strength}
        onChange={(strength) => set({ strength })}
        min={0}
        max={1}
        step={0.05}
        home={1}
        format={percent}
      />
      <span className="bar-label" aria-hidden="true">
        {t.swing}
      </span>
      <Fader
        label={t.swing}
        value={settings.triplets ? 0 : settings.swing}
        onChange={(swing) => set({ swing })}
        min={0}
        max={1}
        step={0.05}
        home={0}
        format={percent}
      />
      <Button className="button" isDisabled={!isPossible} onPress={props.onQuantise}>
        {t.quantise}
      </Button>
    </div>
  );
};
