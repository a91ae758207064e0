import { neutralStrip } from '../audio/strip/neutral.ts';
import { withStrength } from '../audio/strip/strength.ts';
import type { MixChoice } from '../contracts/desk.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';

/** The plan as the user wants it: at their strength, skipped tracks untouched. */
export function chosenPlan(plan: MixPlan, { strength, skipped }: MixChoice): MixPlan {
  return {
    ...plan,
    tracks: plan.tracks.map((track) => ({
      ...track,
      strip: skipped.includes(track.name) ? neutralStrip() : withStrength(track.strip, strength),
    })),
  };
}
