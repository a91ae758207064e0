import type { DeskNote } from '../../main/contracts/desk.ts';

/** What the colour of a note says. */
export const noteColourings = ['part', 'velocity', 'confidence'] as const;
export type NoteColouring = (typeof noteColourings)[number];

/** From soft to loud, from unsure to sure; told apart in light, too, not only in hue. Red, green, blue. */
const ramps = {
  velocity: [
    [74, 108, 212],
    [94, 190, 200],
    [240, 200, 90],
    [236, 92, 80],
  ],
  confidence: [
    [150, 60, 90],
    [226, 120, 70],
    [222, 204, 100],
    [92, 206, 150],
  ],
} as const;

function ramp(name: keyof typeof ramps, part: number): string {
  const stops = ramps[name];
  const at = Math.max(0, Math.min(1, part)) * (stops.length - 1);
  const below = Math.min(stops.length - 2, Math.floor(at));
  const mixed = [0, 1, 2].map((colour) => {
    const [from, to] = [stops[below]![colour]!, stops[below + 1]![colour]!];
    return Math.round(from + (to - from) * (at - below));
  });
  return `rgb(${mixed.join(' ')})`;
}

/** The fill of a note and how opaque it is. By part, the less sure are the fainter. */
export function noteFill(
  note: Pick<DeskNote, 'velocity' | 'confidence'>,
  colouring: NoteColouring,
  partColour: string,
): { fill: string; alpha: number } {
  switch (colouring) {
    case 'part':
      return { fill: partColour, alpha: 0.35 + 0.65 * note.confidence };
    case 'velocity':
      return { fill: ramp('velocity', note.velocity / 127), alpha: 1 };
    case 'confidence':
      return { fill: ramp('confidence', note.confidence), alpha: 1 };
  }
}

/** A scale for the legend. */
export const rampGradient = (name: keyof typeof ramps): string =>
  `linear-gradient(to right, ${[0, 1 / 3, 2 / 3, 1].map((part) => ramp(name, part)).join(', ')})`;
