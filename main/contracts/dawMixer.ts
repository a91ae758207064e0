import { z } from 'zod';

/** A strip of the DAW's own mixer as it was before a mix was put onto it; in the DAW's numbers, to be put back exactly. */
export const formerStrip = z.object({
  /** What the mix plan calls the track. */
  track: z.string(),
  /** What the DAW calls the strip. */
  strip: z.string(),
  fader: z.number(),
  /** `null`: this strip has no pan of the kind that a mix plan speaks of; pan stays with the plugin. */
  pan: z.number().nullable(),
});
export type FormerStrip = z.infer<typeof formerStrip>;

/** Whether the mixer of a DAW can be reached. */
export const dawMixer = z.object({
  /** Of the DAW. */
  name: z.string(),
  answers: z.boolean(),
  /** Names of its strips. */
  strips: z.array(z.string()),
});
export type DawMixerFacts = z.infer<typeof dawMixer>;

/** What came of putting a mix onto the DAW's faders. */
export const fadersMoved = z.object({
  daw: z.string(),
  /** Strips that have gain and pan now. */
  moved: z.array(z.string()),
  /** Of these, the ones whose fader is at its top: the mix wanted more. */
  atTop: z.array(z.string()),
  /** Of these, the ones whose fader stayed where it was: something else holds it, as automation does. */
  held: z.array(z.string()),
  /** Tracks of the plan that no strip is named after. */
  missing: z.array(z.string()),
  /** Names of strips that no track of the plan is named after. */
  others: z.array(z.string()),
  /** Tracks whose plugin does the rest. */
  plugins: z.array(z.string()),
  /** Tracks with moves that a mixer does not have and for which no plugin is there; and these moves. */
  left: z.array(z.object({ track: z.string(), moves: z.array(z.string()) })),
});
export type FadersMoved = z.infer<typeof fadersMoved>;
