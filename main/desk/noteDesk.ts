import type { NoteEdit, NoteSheet } from '../contracts/desk.ts';
import { SoniError } from '../contracts/errors.ts';
import { InTurn } from '../platform/inTurn.ts';
import { DecisionFollower } from './decisionFollower.ts';
import { Notes, type SheetOfNotes } from './noteSheet.ts';
import { SongHistory } from './songHistory.ts';
import type { SongShelf } from './songShelf.ts';

/** What a user does with the notes of the songs on the shelf. */
export class NoteDesk {
  /** Keys may be pressed faster than edits are written: one after the other, or one would be lost. */
  readonly #edits = new InTurn();
  /** What the shelf was told of last. */
  readonly #editions = new Map<string, string>();
  readonly #follower: DecisionFollower;

  constructor(private readonly shelf: SongShelf) {
    this.#follower = new DecisionFollower(
      (songId) => new SongHistory(shelf.folderOf(songId)),
      (songId) => this.#follow(songId),
    );
  }

  /** Follows what other programs decide about the songs that are open. */
  async load(): Promise<void> {
    for (const { id, noteCount } of this.shelf.records()) {
      if (noteCount === null) continue;
      const known = await this.#notesOf(id)
        .sheet()
        .catch(() => null);
      this.#editions.set(id, known?.edition ?? '');
      this.#follower.watch(id);
    }
  }

  /** @throws SoniError `not-found` */
  async sheet(songId: string): Promise<NoteSheet> {
    return this.#sheetOf(songId, await this.#notesOf(songId).sheet());
  }

  edit(songId: string, edit: NoteEdit): Promise<NoteSheet> {
    return this.#changed(songId, (notes) => notes.edit(edit));
  }

  undo(songId: string): Promise<NoteSheet> {
    return this.#changed(songId, (notes) => notes.undo());
  }

  redo(songId: string): Promise<NoteSheet> {
    return this.#changed(songId, (notes) => notes.redo());
  }

  close(): void {
    this.#follower.close();
  }

  #changed(songId: string, change: (notes: Notes) => Promise<SheetOfNotes>): Promise<NoteSheet> {
    return this.#edits.run(songId, async () => {
      const sheet = await change(this.#notesOf(songId));
      await this.#tell(songId, sheet);
      this.#follower.watch(songId);
      return this.#sheetOf(songId, sheet);
    });
  }

  /** @throws SoniError `busy` while another program holds the session */
  #follow(songId: string): Promise<void> {
    return this.#edits.run(songId, async () => {
      if (!this.shelf.has(songId) || this.shelf.get(songId).noteCount === null) return;
      const sheet = await this.#notesOf(songId).sheet();
      if (sheet.edition !== this.#editions.get(songId)) await this.#tell(songId, sheet);
    });
  }

  async #tell(songId: string, { edition, notes }: SheetOfNotes): Promise<void> {
    this.#editions.set(songId, edition);
    await this.shelf.change(songId, (song) => ({
      noteCount: notes.length,
      noteRevision: song.noteRevision + 1,
    }));
  }

  #sheetOf(songId: string, { notes, canUndo, canRedo }: SheetOfNotes): NoteSheet {
    return { revision: this.shelf.get(songId).noteRevision, notes, canUndo, canRedo };
  }

  /** @throws SoniError `not-found` */
  #notesOf(songId: string): Notes {
    if (this.shelf.get(songId).noteCount === null)
      throw new SoniError('not-found', 'This song has no notes yet.');
    return new Notes(this.shelf.folderOf(songId));
  }
}
