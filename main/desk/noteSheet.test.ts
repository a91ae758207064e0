import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../engine/session/session.ts';
import { Notes } from './noteSheet.ts';

let folder: string;
const note = (onset: number, pitch: number) => ({
  stem: 'bass',
  onset,
  offset: onset + 0.5,
  pitch,
  velocity: 80,
  confidence: 0.9,
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-notes-'));
  await writeFile(join(folder, 'notes.json'), JSON.stringify([note(0, 40), note(1, 42), note(2, 44)]));
});
afterEach(() => rm(folder, { recursive: true }));

const pitches = async (notes: Notes) => (await notes.sheet()).notes.map(({ pitch }) => pitch);

describe('the notes of a song', () => {
  it('are changed, removed and added, and every edit is undone and redone', async () => {
    const notes = new Notes(folder);
    await notes.edit({ type: 'change', notes: [{ id: 'n1', pitch: 50, onset: 1, offset: 1.5 }] });
    await notes.edit({ type: 'remove', ids: ['n0'] });
    await notes.edit({ type: 'add', note: note(1.5, 60) });
    expect(await pitches(notes)).toEqual([50, 60, 44]);
    // Another life of the program goes on where this one was.
    const again = new Notes(folder);
    await again.undo();
    await again.undo();
    expect(await pitches(again)).toEqual([40, 50, 44]);
    expect(await again.sheet()).toMatchObject({ canUndo: true, canRedo: true });
    await again.redo();
    expect(await pitches(again)).toEqual([50, 44]);
  });

  it('forget what could be redone when something else is done', async () => {
    const notes = new Notes(folder);
    await notes.edit({ type: 'remove', ids: ['n0'] });
    await notes.undo();
    await notes.edit({ type: 'remove', ids: ['n2'] });
    await notes.redo();
    expect(await pitches(notes)).toEqual([40, 42]);
    expect((await notes.sheet()).canRedo).toBe(false);
  });

  it('keep an edit harmless whose note is gone', async () => {
    const notes = new Notes(folder);
    await notes.edit({ type: 'change', notes: [{ id: 'n99', pitch: 1, onset: 0, offset: 1 }] });
    expect(await pitches(notes)).toEqual([40, 42, 44]);
  });

  it('are decisions of the session, with what they changed', async () => {
    const notes = new Notes(folder);
    await notes.edit({ type: 'add', note: note(1.5, 60) });
    await notes.edit({ type: 'remove', ids: ['n1', 'e0'] });
    await notes.undo();
    const session = await Session.open(join(folder, 'session'));
    try {
      expect(session.decisions.list()).toMatchObject([
        { reason: '1 note added to bass', state: 'applied', before: { value: [] } },
        { reason: '2 notes removed', state: 'undone', before: { value: [{ pitch: 42 }, { pitch: 60 }] } },
      ]);
    } finally {
      session.close();
    }
  });

  it('transcribed anew forget edits that spoke of others', async () => {
    const notes = new Notes(folder);
    await notes.edit({ type: 'remove', ids: ['n0'] });
    await writeFile(join(folder, 'notes.json'), JSON.stringify([note(0, 70), note(1, 72)]));
    expect(await pitches(notes)).toEqual([70, 72]);
    expect((await notes.sheet()).canUndo).toBe(false);
  });
});
