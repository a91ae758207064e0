import type { FormerStrip } from '../contracts/dawMixer.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { InTurn } from '../platform/inTurn.ts';
import { moveFaders, restOf, restoreFaders } from '../../plugin-bridge/daws/faders.ts';
import type { DawMixer, MovedStrip } from '../../plugin-bridge/daws/mixer.ts';
import type { MixState } from './mixDecisions.ts';
import { chosenPlan } from './mixOf.ts';

/** Gives strips to the plugins of the tracks. @returns names of the tracks that were reached */
export type GiveMix = (plan: MixPlan) => Promise<readonly string[]>;

interface Carried {
  /** Names of the tracks whose plugins were reached. */
  readonly plugins: readonly string[];
  readonly moved: readonly MovedStrip[];
}

/**
 * Brings plugins and faders of the DAW to where a mix stands. It counts from how the faders were, never from where it
 * left them: a step that did not arrive is made good by the next.
 */
export class MixCarrier {
  readonly #turns = new InTurn();

  constructor(
    readonly mixer: DawMixer,
    readonly give: GiveMix,
  ) {}

  /** @throws SoniError `not-found` when there are faders to be moved and the DAW does not answer */
  carry(plan: MixPlan, from: MixState, to: MixState): Promise<Carried> {
    return this.#turns.run('mix', async () => {
      const { choice, applied } = to;
      const wanted = chosenPlan(plan, applied ? choice : { strength: 0, skipped: [] });
      const faders = to.faders ?? [];
      if (faders.length + (from.faders ?? []).length > 0) await this.mixer.strips();
      const plugins = await this.give(restOf(wanted, faders));
      await restoreFaders(this.mixer, without(from.faders ?? [], faders));
      return { plugins, moved: faders.length === 0 ? [] : await moveFaders(this.mixer, wanted, faders) };
    });
  }
}

const without = (all: readonly FormerStrip[], kept: readonly FormerStrip[]) =>
  all.filter(({ strip }) => !kept.some((each) => each.strip === strip));
