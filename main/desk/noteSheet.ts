import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { noteEdit, type DeskNote, type NoteEdit } from '../contracts/desk.ts';
import { stemNote } from '../contracts/notes.ts';
import {
  lastApplied,
  nextToRedo,
  type DecisionHistory,
  type Step,
  type Subject,
} from '../engine/session/decisionHistory.ts';
import { SongHistory } from './songHistory.ts';

/** The song's own entry among the tracks of its session, for decisions that are about all its notes. */
const notesTrack = { id: 'notes', name: 'Notes', position: 0, source: null };

export interface SheetOfNotes {
  readonly notes: DeskNote[];
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** Tells one state of the edits from another. */
  readonly edition: string;
}

/**
 * The notes of a song as the user left them: what was transcribed (`notes.json`, never changed) and the edits since,
 * which are decisions of the song's session, so that every edit can be undone, after a restart and from the command
 * line, too.
 */
export class Notes {
  readonly #history: SongHistory;

  /** @param folder where the song keeps what was made of it */
  constructor(private readonly folder: string) {
    this.#history = new SongHistory(folder);
  }

  async sheet(): Promise<SheetOfNotes> {
    const { notes, subject } = await this.#transcribed();
    return sheetAfter(notes, subject, await this.#history.steps(subject));
  }

  edit(edit: NoteEdit): Promise<SheetOfNotes> {
    return this.#change((history, notes) => {
      const before = touchedBy(edit, editsOf(history.steps()).reduce(applyEdit, notes));
      return history.take([{ track: notesTrack, before, after: edit }], editInWords(edit));
    });
  }

  undo(): Promise<SheetOfNotes> {
    return this.#change((history) => history.undo());
  }

  redo(): Promise<SheetOfNotes> {
    return this.#change((history) => history.redo());
  }

  async #change(
    change: (history: DecisionHistory, transcribed: readonly DeskNote[]) => unknown,
  ): Promise<SheetOfNotes> {
    const { notes, subject } = await this.#transcribed();
    return await this.#history.change(subject, async (history) => {
      await change(history, notes);
      return sheetAfter(notes, subject, history.steps());
    });
  }

  async #transcribed(): Promise<{ notes: DeskNote[]; subject: Subject }> {
    const text = await readFile(join(this.folder, notesFile), 'utf8');
    const notes = z.array(stemNote).parse(JSON.parse(text));
    return { notes: notes.map((note, index) => ({ ...note, id: `n${index}` })), subject: notesSubject(text) };
  }
}

/** What was transcribed, in the song's folder. */
export const notesFile = 'notes.json';

/** Of one transcription; edits of an earlier one spoke of other notes. @param text of the file */
export const notesSubject = (text: string): Subject => ({
  about: 'notes',
  of: createHash('sha256').update(text).digest('hex').slice(0, 16),
});

function sheetAfter(transcribed: readonly DeskNote[], { of }: Subject, steps: readonly Step[]): SheetOfNotes {
  const notes = editsOf(steps).reduce<readonly DeskNote[]>(applyEdit, transcribed);
  return {
    notes: notes.toSorted((a, b) => a.onset - b.onset || a.pitch - b.pitch),
    canUndo: lastApplied(steps) !== undefined,
    canRedo: nextToRedo(steps) !== undefined,
    edition: JSON.stringify([of, steps.map(({ decided, state }) => [decided, state])]),
  };
}

/** The edits that count now, in their order. */
function editsOf(steps: readonly Step[]): NoteEdit[] {
  return steps
    .filter(({ state }) => state === 'applied')
    .flatMap(({ after }) => after.map((edit) => noteEdit.parse(edit)));
}

/** Those that it changes or removes, as they were. */
function touchedBy(edit: NoteEdit, notes: readonly DeskNote[]): DeskNote[] {
  if (edit.type === 'add') return [];
  const ids = new Set(edit.type === 'remove' ? edit.ids : edit.notes.map(({ id }) => id));
  return notes.filter(({ id }) => ids.has(id));
}

const count = (number: number): string => `${number} ${number === 1 ? 'note' : 'notes'}`;

/** For the list of decisions. */
function editInWords(edit: NoteEdit): string {
  switch (edit.type) {
    case 'add':
      return `1 note added to ${edit.note.stem}`;
    case 'remove':
      return `${count(edit.ids.length)} removed`;
    case 'change':
      return `${count(edit.notes.length)} changed`;
  }
}

/** The notes after an edit. Edits of notes that are not there change nothing. */
export function applyEdit(notes: readonly DeskNote[], edit: NoteEdit, index: number): DeskNote[] {
  switch (edit.type) {
    case 'add':
      return [...notes, { ...edit.note, id: `e${index}` }];
    case 'remove': {
      const removed = new Set(edit.ids);
      return notes.filter(({ id }) => !removed.has(id));
    }
    case 'change': {
      const changes = new Map(edit.notes.map((change) => [change.id, change]));
      return notes.map((note) => {
        const { velocity = note.velocity, ...change } = changes.get(note.id) ?? {};
        return { ...note, ...change, velocity };
      });
    }
  }
}
