import type { FadersMoved } from '../contracts/dawMixer.ts';
import type { MixChoice } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { fadersReport, formerStrips, matchStrips } from '../../plugin-bridge/daws/faders.ts';
import { DecisionFollower } from './decisionFollower.ts';
import type { MixCarrier } from './mixCarrier.ts';
import { MixDecisions, choiceInWords, type MixHistory, type MixState } from './mixDecisions.ts';
import { chosenPlan } from './mixOf.ts';
import { SongHistory } from './songHistory.ts';
import type { SongRecord } from './songRecord.ts';
import type { SongShelf } from './songShelf.ts';

/** What a user does with the mix suggestions of the songs on the shelf. */
export class MixDesk {
  readonly #follower: DecisionFollower;
  /** Songs of which somebody else has decided what the DAW's faders could not follow yet. */
  readonly #owed = new Set<string>();

  /** @param namedNow what the tracks of a song's plan are called now, where that has changed */
  constructor(
    private readonly shelf: SongShelf,
    private readonly carrier: MixCarrier,
    private readonly namedNow: (songId: string) => ReadonlyMap<string, string>,
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
    const next = { ...stateOf(mix), choice };
    await this.#take(songId, mix.plan, next, choiceInWords(choice));
    if (mix.applied) await this.carrier.carry(mix.plan, mix, next);
  }

  /** Everything into the plugins. @throws SoniError `not-found` when no plugin has one of the tracks */
  async apply(songId: string): Promise<readonly string[]> {
    const mix = this.#mixOf(songId);
    const { plan, choice } = mix;
    if (mix.faders !== null) await this.carrier.mixer.strips();
    const reached = await this.carrier.give(chosenPlan(plan, choice));
    if (reached.length === 0) {
      const names = plan.tracks.map(({ name }) => name).join(', ');
      throw new SoniError(
        'not-found',
        `No plugin is on a track with one of these names: ${names}. Put the SoniDesk plugin on the tracks and name them so in the session view.`,
      );
    }
    const next = { choice, applied: true, faders: null };
    if (mix.faders !== null) await this.carrier.carry(plan, mix, next);
    await this.#take(songId, plan, next, `${choiceInWords(choice)}, given to the plugins`);
    return reached;
  }

  /**
   * Gain and pan onto the DAW's faders, the rest into the plugins.
   * @throws SoniError `not-found` when the DAW does not answer, or has no strip with the name of a track
   */
  async applyToFaders(songId: string): Promise<FadersMoved> {
    const { mixer } = this.carrier;
    const mix = this.#mixOf(songId);
    const { plan, choice } = mix;
    const strips = await mixer.strips();
    const matched = matchStrips(plan, strips, this.namedNow(songId));
    if (matched.pairs.length === 0) throw noStrip(mixer.name, matched.missing, strips);
    const faders = await formerStrips(mixer, matched, mix.faders ?? []);
    const next = { choice, applied: true, faders };
    // How the faders were is on disk before the first of them moves.
    await this.#take(songId, plan, next, `${choiceInWords(choice)}, put onto the faders of ${mixer.name}`);
    const { plugins, moved } = await this.carrier.carry(plan, mix, next);
    return fadersReport(mixer, chosenPlan(plan, choice), faders, matched, moved, plugins);
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
    const mix = this.#mixOf(songId);
    // What cannot be put back now is not called undone.
    if (mix.faders !== null) await this.carrier.mixer.strips();
    // The undo that somebody else has asked for already.
    if (this.#owed.has(songId)) return this.#follow(songId);
    const history = await move(this.#decisionsOf(songId), mix.plan);
    if (history === null) return;
    await this.#note(songId, history);
    if (mix.applied || history.applied) await this.carrier.carry(mix.plan, mix, history);
  }

  async #note(songId: string, history: MixHistory): Promise<void> {
    this.#owed.delete(songId);
    await this.shelf.change(songId, ({ mix }) => ({ mix: mix && { ...mix, ...history } }));
  }

  async #follow(songId: string): Promise<void> {
    this.#follower.watch(songId);
    const mix = this.shelf.has(songId) ? this.shelf.get(songId).mix : null;
    if (mix === null) return;
    const history = await this.#decisionsOf(songId).history(mix.plan);
    const { canUndo, canRedo } = mix;
    if (JSON.stringify({ ...stateOf(mix), canUndo, canRedo }) === JSON.stringify(history)) return;
    if (mix.applied || history.applied) {
      try {
        await this.carrier.carry(mix.plan, mix, history);
      } catch {
        // The DAW is away: what is shown stays what its faders have.
        this.#owed.add(songId);
        return;
      }
    }
    await this.#note(songId, history);
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

const stateOf = ({ choice, applied, faders }: MixState): MixState => ({ choice, applied, faders });

const noStrip = (daw: string, tracks: readonly string[], strips: readonly string[]): SoniError =>
  new SoniError(
    'not-found',
    `None of these tracks is called like a strip of ${daw}: ${tracks.join(', ')}. Its strips are ${strips.join(', ')}. Rename the tracks in the session view, or the strips, so that the names are the same.`,
  );
