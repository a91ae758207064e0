import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Decidable, Decision, NewTrack } from '../../contracts/session.ts';
import type { Session } from './session.ts';

/**
 * What decisions are about. Each thing has a history of its own within the session's one list, so
 * that taking a note back leaves the mix alone.
 */
export interface Subject {
  readonly about: Decidable;
  /** Which suggestion, which transcription: decisions about an earlier one do not count any more. */
  readonly of: string;
}

/** One side of a decision as it is stored. `follows` is the time of the step that it went on from. */
const side = z.object({
  about: z.string(),
  of: z.string(),
  follows: z.number().nullable(),
  value: z.unknown(),
});

/** What is decided about one track. */
export interface Move {
  readonly track: NewTrack;
  readonly before: unknown;
  readonly after: unknown;
}

/** What was decided at once, about any number of tracks: undone and redone together. */
export interface Step {
  /** Milliseconds since 1970; no two steps of a session have the same. */
  readonly decided: number;
  readonly state: Decision['state'];
  readonly reason: string;
  readonly ids: readonly string[];
  readonly follows: number | null;
  /** Of each track. */
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
}

/** The decisions of a session about one thing, in the order in which they were made. */
export class DecisionHistory {
  constructor(
    private readonly session: Session,
    /** `comp`: which takes the tracks of a DAW's session play. */
    private readonly subject: Subject | { readonly about: 'comp'; readonly of: 'takes' },
  ) {}

  /** All of them, oldest first; also those that were taken back. */
  steps(): Step[] {
    const steps = new Map<number, Decision[]>();
    for (const decision of this.session.decisions.list()) {
      steps.set(decision.decided, [...(steps.get(decision.decided) ?? []), decision]);
    }
    return [...steps].flatMap(([decided, decisions]) => {
      const sides = decisions.map(({ before, after }) => z.tuple([side, side]).safeParse([before, after]));
      const pairs = sides.flatMap(({ data }) => (data === undefined ? [] : [data]));
      const [first] = decisions;
      const isOurs = pairs.every(
        ([, { about, of }]) => about === this.subject.about && of === this.subject.of,
      );
      if (first === undefined || !isOurs || pairs.length < decisions.length) return [];
      return [
        {
          decided,
          state: first.state,
          reason: first.reason,
          ids: decisions.map(({ id }) => id),
          follows: pairs[0]![1].follows,
          before: pairs.map(([{ value }]) => value),
          after: pairs.map(([, { value }]) => value),
        },
      ];
    });
  }

  /** Notes a step; what was taken back before it cannot be redone any more. */
  async take(moves: readonly Move[], reason: string): Promise<void> {
    const { about, of } = this.subject;
    const follows = lastApplied(this.steps())?.decided ?? null;
    const latest = Math.max(0, ...this.session.decisions.list().map(({ decided }) => decided));
    // A step is what was decided in one millisecond.
    while (Date.now() <= latest) await wait(1);
    this.session.transaction(() => {
      for (const { track } of moves) this.session.tracks.put(track);
    });
    this.session.decisions.apply(
      moves.map(({ track, before, after }) => ({
        trackId: track.id,
        before: { about, of, follows, value: before },
        after: { about, of, follows, value: after },
        reason,
      })),
    );
  }

  /** Takes the latest step back. @returns whether there was one */
  undo(): boolean {
    return this.#set(lastApplied(this.steps()), 'undone');
  }

  /** Takes the latest undo back. @returns whether there was one */
  redo(): boolean {
    return this.#set(nextToRedo(this.steps()), 'applied');
  }

  #set(step: Step | undefined, state: Decision['state']): boolean {
    if (step === undefined) return false;
    this.session.transaction(() => {
      for (const id of step.ids) this.session.decisions.setState(id, state);
    });
    return true;
  }
}

export const lastApplied = (steps: readonly Step[]): Step | undefined =>
  steps.findLast(({ state }) => state === 'applied');

/** The latest of the steps that went on from where things are now. */
export const nextToRedo = (steps: readonly Step[]): Step | undefined => {
  const now = lastApplied(steps)?.decided ?? null;
  return steps.findLast(({ state, follows }) => state === 'undone' && follows === now);
};
