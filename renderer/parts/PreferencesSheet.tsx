import { useState } from 'react';
import { Button, Radio, RadioGroup, Label } from 'react-aria-components';
import { usualPreferences, type Preferences } from '../../main/contracts/preferences.ts';
import { shell } from '../connection.ts';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { Fader, LabelledSwitch } from './controls.tsx';
import { Sheet } from './Sheet.tsx';

type Choosable = 'theme' | 'contrast' | 'motion' | 'language';
const values = {
  theme: ['system', 'dark', 'light'],
  contrast: ['system', 'more'],
  motion: ['system', 'less'],
  language: ['system', 'en', 'de'],
} as const satisfies { [Name in Choosable]: readonly Preferences[Name][] };
const names = Object.keys(values) as Choosable[];

/** What a user can set; kept by the engine, the same for every window. */
export const PreferencesSheet = () => {
  const t = texts().preferences;
  const isOpen = useStore((state) => state.dialog === 'preferences');
  const [scale, setScale] = useState<number | null>(null);
  const preferences = useStore((state) => state.preferences) ?? usualPreferences;
  return (
    <Sheet title={t.title} isOpen={isOpen} onClose={() => actions.dialog(null)}>
      <div className="preferences">
        {names.map((name) => (
          <RadioGroup
            key={name}
            className="preference"
            value={preferences[name]}
            onChange={(value) => void actions.setPreferences({ [name]: value })}
          >
            <Label>{t[name].label}</Label>
            <div className="segments">
              {values[name].map((value) => (
                <Radio key={value} value={value} className="segment">
                  {(t[name].values as Record<string, string>)[value]}
                </Radio>
              ))}
            </div>
          </RadioGroup>
        ))}
        <div className="preference">
          <span>{t.scale}</span>
          {shell === null ? (
            <span className="fact">{t.scaleInBrowser}</span>
          ) : (
            <Fader
              label={t.scale}
              // Applied when it is let go: the fader would run away from under the pointer.
              value={scale ?? preferences.scale}
              onChange={setScale}
              onCommit={(wanted) => {
                setScale(null);
                void actions.setPreferences({ scale: wanted });
              }}
              min={1}
              max={2}
              step={0.25}
              home={1}
              format={(value) => `${Math.round(100 * value)} %`}
            />
          )}
        </div>
        {shell !== null && (
          <LabelledSwitch
            label={t.notifications}
            isOn={preferences.notifications}
            onChange={(notifications) => void actions.setPreferences({ notifications })}
          />
        )}
      </div>
      <div className="sheet-actions">
        <Button
          className="button"
          onPress={() => {
            actions.dialog(null);
            void actions.setPreferences({ tourSeen: false });
          }}
        >
          {t.tour}
        </Button>
        <span className="spring" />
        <Button className="button button-main" onPress={() => actions.dialog(null)}>
          {texts().close}
        </Button>
      </div>
    </Sheet>
  );
};
