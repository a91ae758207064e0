import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SoniError } from '../contracts/errors.ts';
import type { Decidable } from '../contracts/session.ts';
import { lastApplied, nextToRedo, type Step, type Subject } from '../engine/session/decisionHistory.ts';
import { directories } from '../platform/directories.ts';
import { mixSubject } from './mixDecisions.ts';
import { notesFile, notesSubject } from './noteSheet.ts';
import { SongHistory } from './songHistory.ts';
import { songIdOf, songRecord } from './songRecord.ts';
import { songRecordName, songsDirectory } from './songsDirectory.ts';

/** What can be decided about a song; comps belong to the session of the DAW. */
export type SongDecidable = Exclude<Decidable, 'comp'>;

export interface DecisionLine extends Pick<Step, 'reason' | 'state' | 'decided'> {
  readonly about: Decidable;
}

/** The decisions about a song, for programs without a desk. */
export class SongDecisions {
  private constructor(
    private readonly history: SongHistory,
    private readonly subjects: readonly Subject[],
  ) {}

  /**
   * @param paths absolute, as the song was opened
   * @param only about this; about everything when it is left out
   * @throws SoniError `not-found`
   */
  static async of(paths: readonly string[], only?: SongDecidable): Promise<SongDecisions> {
    const folder = join(songsDirectory(directories()), songIdOf(paths));
    const record = await readFile(join(folder, songRecordName), 'utf8').catch(() => null);
    const plan = record === null ? null : songRecord.safeParse(JSON.parse(record)).data?.mix?.plan;
    const notes = await readFile(join(folder, notesFile), 'utf8').catch(() => null);
    const subjects = [
      ...(plan == null ? [] : [mixSubject(plan)]),
      ...(notes === null ? [] : [notesSubject(notes)]),
    ].filter(({ about }) => only === undefined || about === only);
    if (subjects.length === 0) {
      const what = { mix: 'mix suggestion', notes: 'MIDI' }[only ?? 'mix'];
      throw new SoniError(
        'not-found',
        `There is no ${only === undefined ? 'mix suggestion and no MIDI' : what} for ${paths.join(', ')}. Open it in the window (sonidesk open) and analyse it.`,
      );
    }
    return new SongDecisions(new SongHistory(folder), subjects);
  }

  /** Oldest first. */
  async lines(): Promise<DecisionLine[]> {
    const all = await this.#steps();
    return all
      .flatMap(({ subject: { about }, steps }) =>
        steps.map(({ reason, state, decided }) => ({ about, reason, state, decided })),
      )
      .sort((a, b) => a.decided - b.decided);
  }

  /** The latest step, whatever it is about. @returns whether there was one */
  async undo(): Promise<boolean> {
    const open = await this.#candidates(lastApplied);
    const latest = open.toSorted((a, b) => b.decided - a.decided)[0];
    return latest !== undefined && (await this.history.change(latest.subject, (history) => history.undo()));
  }

  /** What was taken back last. @returns whether there was something */
  async redo(): Promise<boolean> {
    // Steps are taken back from the latest on: the earliest was the last of them.
    const open = await this.#candidates(nextToRedo);
    const earliest = open.toSorted((a, b) => a.decided - b.decided)[0];
    return (
      earliest !== undefined && (await this.history.change(earliest.subject, (history) => history.redo()))
    );
  }

  async #candidates(
    choose: (steps: readonly Step[]) => Step | undefined,
  ): Promise<{ subject: Subject; decided: number }[]> {
    const all = await this.#steps();
    return all.flatMap(({ subject, steps }) => {
      const step = choose(steps);
      return step === undefined ? [] : [{ subject, decided: step.decided }];
    });
  }

  #steps(): Promise<{ subject: Subject; steps: Step[] }[]> {
    return Promise.all(
      this.subjects.map(async (subject) => ({ subject, steps: await this.history.steps(subject) })),
    );
  }
}
