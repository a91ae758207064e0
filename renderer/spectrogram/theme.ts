import type { ColourMapName } from './colourMap.ts';

/** The colours that go with the window as it is. */
export const colourMapNow = (): ColourMapName =>
  document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
