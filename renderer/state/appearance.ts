import { usualPreferences, type Preferences } from '../../main/contracts/preferences.ts';
import { shell } from '../connection.ts';
import { setLanguage, textLanguage } from '../texts/texts.ts';
import { Emitter } from './emitter.ts';

/** Told when colours are others: canvases are drawn again. */
export const appearanceChanged = new Emitter();

const light = matchMedia('(prefers-color-scheme: light)');
const more = matchMedia('(prefers-contrast: more)');
const forced = matchMedia('(forced-colors: active)');
const less = matchMedia('(prefers-reduced-motion: reduce)');

let wanted: Preferences = usualPreferences;

/** Puts what is set, and what the system says where it is followed, on the root element for the style sheet. */
function apply(): void {
  const { dataset } = document.documentElement;
  dataset['theme'] = wanted.theme === 'system' ? (light.matches ? 'light' : 'dark') : wanted.theme;
  dataset['contrast'] = wanted.contrast === 'more' || more.matches || forced.matches ? 'more' : 'usual';
  dataset['motion'] = wanted.motion === 'less' || less.matches ? 'less' : 'usual';
  document.documentElement.lang = textLanguage();
  appearanceChanged.emit();
}

export function applyPreferences(preferences: Preferences): void {
  if (preferences.scale !== wanted.scale) shell?.setScale(preferences.scale);
  wanted = preferences;
  setLanguage(preferences.language === 'system' ? null : preferences.language);
  apply();
}

/** The system's settings count until the user's own are known, and wherever these follow them. */
export function followSystem(): void {
  for (const query of [light, more, forced, less]) query.addEventListener('change', apply);
  apply();
}
