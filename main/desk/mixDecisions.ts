import { createHash } from 'node:crypto';
import { existsSync, unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { mixChoice, type MixChoice } from '../contracts/desk.ts';
import { stripSettings, type MixPlan } from '../contracts/mixPlan.ts';
import type { Decision } from '../contracts/session.ts';
import { sessionFile } from '../engine/session/database.ts';
import { Session } from '../engine/session/session.ts';
import { InTurn } from '../platform/inTurn.ts';
import { chosenPlan } from './mixOf.ts';

/** Where a song's mix stands: how it is wanted, and whether the plugins of its tracks have it. */
const mixState = z.object({ choice: mixChoice, applied: z.boolean() });
export type MixState = z.infer<typeof mixState>;

/**
 * One side of a decision: the track's strip, and the state it belongs to. `plan` tells suggestions apart, `follows`
 * is the time of the step before it.
 */
const side = mixState.extend({ plan: z.string(), strip: stripSettings, follows: z.number().nullable() });

export interface MixHistory extends MixState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
}

export const firstMixState: MixState = { choice: { strength: 1, skipped: [] }, applied: false };

/** Sessions are held by one process at a time; here in turn, whoever asks. */
const turns = new InTurn();
/** A decision made elsewhere (the command line) is seen after about this long. */
const lookEveryMs = 1500;

/**
 * The decisions about a song's mix, in the session of the song's folder: the engine's own list, which every
 * program that opens the session shares. All tracks of one step are undone and redone together. The session is
 * opened for each step only, so that the window and the command line can take turns.
 */
export class MixDecisions {
  readonly #directory: string;

  /** @param songFolder where the song keeps what was made of it */
  constructor(songFolder: string) {
    this.#directory = join(songFolder, 'session');
  }

  /** @returns the state after it */
  take(plan: MixPlan, next: MixState, reason: string): Promise<MixHistory> {
    return this.#with(async (session) => {
      const name = nameOf(plan);
      const steps = stepsOf(session, name);
      const before = stateAfter(steps);
      plan.tracks.forEach((track, position) =>
        session.tracks.put({ id: trackId(position), name: track.name, position, source: null }),
      );
      // A step is what was decided in one millisecond.
      while (Date.now() <= (steps.at(-1)?.decided ?? 0)) await wait(1);
      const follows = lastApplied(steps)?.decided ?? null;
      const [from, to] = [before, next].map((state) => sidesOf(plan, { ...state, plan: name, follows }));
      session.decisions.apply(
        plan.tracks.map((_, at) => ({ trackId: trackId(at), before: from![at]!, after: to![at]!, reason })),
      );
      return historyOf(stepsOf(session, name));
    });
  }

  /** @returns `null` when there is nothing to take back */
  undo(plan: MixPlan): Promise<MixHistory | null> {
    return this.#move(plan, lastApplied, 'undone');
  }

  /** @returns `null` when nothing was taken back last */
  redo(plan: MixPlan): Promise<MixHistory | null> {
    return this.#move(plan, nextToRedo, 'applied');
  }

  async history(plan: MixPlan): Promise<MixHistory> {
    if (!existsSync(join(this.#directory, sessionFile))) return historyOf([]);
    return await this.#with((session) => historyOf(stepsOf(session, nameOf(plan))));
  }

  /** What was decided, oldest first, as a line each. */
  async lines(plan: MixPlan): Promise<{ reason: string; state: Decision['state']; decided: number }[]> {
    if (!existsSync(join(this.#directory, sessionFile))) return [];
    return await this.#with((session) =>
      stepsOf(session, nameOf(plan)).map(({ decisions: [first], state, decided }) => ({
        reason: first?.reason ?? '',
        state,
        decided,
      })),
    );
  }

  /** Tells when another program has decided something. @returns the way to stop */
  watch(changed: () => void): () => void {
    const file = join(this.#directory, sessionFile);
    const listener = (now: { mtimeMs: number }, before: { mtimeMs: number }) => {
      if (now.mtimeMs !== before.mtimeMs) changed();
    };
    watchFile(file, { interval: lookEveryMs, persistent: false }, listener);
    return () => unwatchFile(file, listener);
  }

  #move(
    plan: MixPlan,
    choose: (steps: readonly Step[]) => Step | undefined,
    state: Decision['state'],
  ): Promise<MixHistory | null> {
    return this.#with((session) => {
      const name = nameOf(plan);
      const step = choose(stepsOf(session, name));
      if (step === undefined) return null;
      session.transaction(() => {
        for (const { id } of step.decisions) session.decisions.setState(id, state);
      });
      return historyOf(stepsOf(session, name));
    });
  }

  #with<Result>(work: (session: Session) => Result | Promise<Result>): Promise<Result> {
    return turns.run(this.#directory, async () => {
      const session = await Session.open(this.#directory);
      try {
        return await work(session);
      } finally {
        session.close();
      }
    });
  }
}

interface Step {
  readonly decided: number;
  readonly state: Decision['state'];
  readonly decisions: readonly Decision[];
  readonly before: MixState;
  readonly after: MixState;
  readonly follows: number | null;
}

const trackId = (position: number): string => `mix-${position}`;

const nameOf = (plan: MixPlan): string =>
  createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 16);

function sidesOf(plan: MixPlan, common: Omit<z.infer<typeof side>, 'strip'>): z.infer<typeof side>[] {
  return chosenPlan(plan, common.choice).tracks.map(({ strip }) => ({ ...common, strip }));
}

function stepsOf(session: Session, plan: string): Step[] {
  const steps = new Map<number, Decision[]>();
  for (const decision of session.decisions.list()) {
    steps.set(decision.decided, [...(steps.get(decision.decided) ?? []), decision]);
  }
  return [...steps].flatMap(([decided, decisions]) => {
    const [first] = decisions;
    const before = side.safeParse(first?.before);
    const after = side.safeParse(first?.after);
    // Of an earlier suggestion for the same song, or of something else that decides.
    if (!before.success || !after.success || after.data.plan !== plan || first === undefined) return [];
    const { follows } = after.data;
    return [{ decided, decisions, state: first.state, before: before.data, after: after.data, follows }];
  });
}

const lastApplied = (steps: readonly Step[]): Step | undefined =>
  steps.findLast(({ state }) => state === 'applied');

const stateAfter = (steps: readonly Step[]): MixState => {
  const { choice, applied } = lastApplied(steps)?.after ?? steps[0]?.before ?? firstMixState;
  return { choice, applied };
};

/** The latest of the steps that went on from where things are now. */
const nextToRedo = (steps: readonly Step[]): Step | undefined => {
  const now = lastApplied(steps)?.decided ?? null;
  return steps.findLast(({ state, follows }) => state === 'undone' && follows === now);
};

const historyOf = (steps: readonly Step[]): MixHistory => ({
  ...stateAfter(steps),
  canUndo: lastApplied(steps) !== undefined,
  canRedo: nextToRedo(steps) !== undefined,
});

/** A choice in words, for the list of decisions. */
export const choiceInWords = ({ strength, skipped }: MixChoice): string =>
  `Mix suggestion at ${Math.round(100 * strength)} %${skipped.length === 0 ? '' : `, without ${skipped.join(', ')}`}`;
