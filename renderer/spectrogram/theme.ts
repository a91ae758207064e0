import type { ColourMapName } from './colourMap.ts';

/** The colours that go with the window as it is. */
export const colourMapNow = (place: 'Lanes' | 'Paper'): ColourMapName =>
  document.documentElement.dataset['theme'] === 'light' ? `light${place}` : `dark${place}`;
