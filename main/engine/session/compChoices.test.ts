import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CompChoices } from './compChoices.ts';
import { Session } from './session.ts';

it('are there after a restart, taken back and made again one by one, over all tracks', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sonidesk-comp-'));
  let session = await Session.open(folder);
  try {
    for (const [position, id] of ['a', 'b'].entries())
      session.tracks.put({ id, name: id, position, source: null });
    const [a, b] = session.tracks.list();
    const made = new CompChoices(session);
    await made.choose(a!, { takeId: 'first', start: 0, end: 100 }, 'the first');
    await made.choose(b!, { takeId: 'other', start: 50, end: 70 }, 'another');
    await made.choose(a!, { takeId: 'second', start: 10, end: 20 }, 'the second');
    session.close();
    session = await Session.open(folder);
    const choices = new CompChoices(session);
    expect(choices.of('a')).toMatchObject([
      { takeId: 'first', start: 0, end: 100 },
      { takeId: 'second', start: 10, end: 20 },
    ]);
    choices.undo();
    choices.undo();
    expect([choices.of('a').length, choices.of('b').length, choices.canRedo]).toEqual([1, 0, true]);
    choices.redo();
    expect(choices.of('b')).toMatchObject([{ takeId: 'other' }]);
    // A new choice ends what could be made again.
    await choices.choose(b!, { takeId: 'third', start: 0, end: 5 }, 'the third');
    expect([choices.canUndo, choices.canRedo]).toEqual([true, false]);
    for (let left = 3; left > 0; left--) choices.undo();
    expect([choices.canUndo, choices.of('a'), choices.of('b')]).toEqual([false, [], []]);
  } finally {
    session.close();
    await rm(folder, { recursive: true });
  }
});
