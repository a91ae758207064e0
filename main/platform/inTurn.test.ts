import { expect, it } from 'vitest';
import { InTurn } from './inTurn.ts';

const later = () => new Promise<void>((resolve) => setImmediate(resolve));

it('runs work on one thing in order, whole, also after a failure, and other things meanwhile', async () => {
  const turns = new InTurn();
  const seen: string[] = [];
  const work =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await later();
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const all = await Promise.allSettled([
    turns.run('a', work('first', true)),
    turns.run('a', work('second')),
    turns.run('b', work('other')),
  ]);
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
  expect(seen.filter((line) => !line.startsWith('other'))).toEqual([
    'first begins',
    'first ends',
    'second begins',
    'second ends',
  ]);
  expect(seen.indexOf('other begins')).toBeLessThan(seen.indexOf('first ends'));
});
