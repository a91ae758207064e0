import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { noteEdit, type DeskNote, type NoteEdit } from '../contracts/desk.ts';
import { stemNote } from '../contracts/notes.ts';
import { writeFileAtomic } from '../platform/atomicFile.ts';

const editLog = z.object({
  done: z.array(noteEdit),
  undone: z.array(noteEdit),
});
type EditLog = z.infer<typeof editLog>;

/**
 * The notes of a song as the user left them: what was transcribed (`notes.json`, never changed) and the edits
 * since, in a file of their own, so that every edit can be undone, after a restart too.
 */
export class Notes {
  constructor(private readonly folder: string) {}

  async sheet(): Promise<{ notes: DeskNote[]; canUndo: boolean; canRedo: boolean }> {
    const log = await this.#log();
    const notes = log.done.reduce(applyEdit, await this.#transcribed());
    notes.sort((a, b) => a.onset - b.onset || a.pitch - b.pitch);
    return { notes, canUndo: log.done.length > 0, canRedo: log.undone.length > 0 };
  }

  async edit(edit: NoteEdit): Promise<void> {
    const log = await this.#log();
    await this.#write({ done: [...log.done, edit], undone: [] });
  }

  async undo(): Promise<void> {
    const { done, undone } = await this.#log();
    const last = done.at(-1);
    if (last !== undefined) await this.#write({ done: done.slice(0, -1), undone: [...undone, last] });
  }

  async redo(): Promise<void> {
    const { done, undone } = await this.#log();
    const next = undone.at(-1);
    if (next !== undefined) await this.#write({ done: [...done, next], undone: undone.slice(0, -1) });
  }

  async #transcribed(): Promise<DeskNote[]> {
    const text = await readFile(join(this.folder, 'notes.json'), 'utf8');
    const notes = z.array(stemNote).parse(JSON.parse(text));
    return notes.map((note, index) => ({ ...note, id: `n${index}` }));
  }

  async #log(): Promise<EditLog> {
    const text = await readFile(join(this.folder, 'note-edits.json'), 'utf8').catch(() => null);
    return text === null ? { done: [], undone: [] } : editLog.parse(JSON.parse(text));
  }

  #write(log: EditLog): Promise<void> {
    return writeFileAtomic(join(this.folder, 'note-edits.json'), `${JSON.stringify(log)}\n`);
  }
}

/** The notes after an edit. Edits of notes that are not there (transcribed anew) change nothing. */
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
