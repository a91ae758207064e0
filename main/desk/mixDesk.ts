import type { MixChoice } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { DecisionFollower } from './decisionFollower.ts';
import { MixDecisions, choiceInWords, type MixHistory, type MixState } from './mixDecisions.ts';
import { chosenPlan } from './mixOf.ts';
import { SongHistory } from './songHistory.ts';
import type { SongRecord } from './songRecord.ts';
import type { SongShelf } from './songShelf.ts';

/** Gives strips to the plugins of the tracks. @returns names of the tracks that were reached */
export type GiveMix = (plan: MixPlan) => Promise<readonly string[]>;

/** What a user does with the mix suggestions of the songs on the shelf. */
export class MixDesk {
  readonly #follower: DecisionFollower;

  constructor(
    private readonly shelf: SongShelf,
    private readonly give: GiveMix,
  ) {
    this.#follower = new DecisionFollower(
      (songId) => new SongHistory(shelf.folderOf(songId)),
      (songId) => this.#follow(songId),
    );
  }

  /** Brings the shelf up to what the sessions say: they are the truth, and other programs decide there, too. */
  async load(): Promise<void> {
    for (const { id, mix } of this.shelf.records()) if (mix !== null) await this.#follow(id);
  }

  async choose(songId: string, choice: MixChoice): Promise<void> {
    const mix = this.#mixOf(songId);
    await this.#take(songId, mix.plan, { choice, applied: mix.applied }, choiceInWords(choice));
    if (mix.applied) await this.give(chosenPlan(mix.plan, choice));
  }

  /** @throws SoniError `not-found` when no plugin has one of the tracks */
  async apply(songId: string): Promise<readonly string[]> {
    const { plan, choice } = this.#mixOf(songId);
    const reached = await this.give(chosenPlan(plan, choice));
    if (reached.length === 0) {
      const names = plan.tracks.map(({ name }) => name).join(', ');
      throw new SoniError(
        'not-found',
        `No plugin is on a track with one of these names: ${names}. Put the SoniDesk plugin on the tracks and name them so in the session view.`,
      );
    }
    await this.#take(
      songId,
      plan,
      { choice, applied: true },
      `${choiceInWords(choice)}, given to the plugins`,
    );
    return reached;
  }

  undo(songId: string): Promise<void> {
    return this.#back(songId, (decisions, plan) => decisions.undo(plan));
  }

  redo(songId: string): Promise<void> {
    return this.#back(songId, (decisions, plan) => decisions.redo(plan));
  }

  close(): void {
    this.#follower.close();
  }

  async #take(songId: string, plan: MixPlan, next: MixState, reason: string): Promise<void> {
    this.#follower.watch(songId);
    await this.#note(songId, await this.#decisionsOf(songId).take(plan, next, reason));
  }

  async #back(
    songId: string,
    move: (decisions: MixDecisions, plan: MixPlan) => Promise<MixHistory | null>,
  ): Promise<void> {
    const { plan, applied } = this.#mixOf(songId);
    const history = await move(this.#decisionsOf(songId), plan);
    if (history === null) return;
    await this.#note(songId, history);
    if (applied || history.applied) await this.#giveState(plan, history);
  }

  /** What the plugins get: the choice, or nothing done when the mix was taken back from them. */
  async #giveState(plan: MixPlan, { choice, applied }: MixState): Promise<void> {
    await this.give(chosenPlan(plan, applied ? choice : { strength: 0, skipped: [] }));
  }

  async #note(songId: string, { choice, applied, canUndo, canRedo }: MixHistory): Promise<void> {
    await this.shelf.change(songId, ({ mix }) => ({
      mix: mix && { ...mix, choice, applied, canUndo, canRedo },
    }));
  }

  async #follow(songId: string): Promise<void> {
    this.#follower.watch(songId);
    const mix = this.shelf.has(songId) ? this.shelf.get(songId).mix : null;
    if (mix === null) return;
    const history = await this.#decisionsOf(songId).history(mix.plan);
    const { choice, applied, canUndo, canRedo } = mix;
    const known = JSON.stringify({ choice, applied, canUndo, canRedo });
    if (known === JSON.stringify(history)) return;
    await this.#note(songId, history);
    if (applied || history.applied) await this.#giveState(mix.plan, history);
  }

  #decisionsOf(songId: string): MixDecisions {
    return new MixDecisions(this.shelf.folderOf(songId));
  }

  /** @throws SoniError `not-found` */
  #mixOf(songId: string): NonNullable<SongRecord['mix']> {
    const { mix } = this.shelf.get(songId);
    if (mix === null) throw new SoniError('not-found', 'This song has no mix suggestion yet.');
    return mix;
  }
}
