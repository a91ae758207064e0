import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RecentlyUsed } from './recentlyUsed.ts';

it('forgets what was not asked for longest', () => {
  const forgotten: string[] = [];
  const cache = new RecentlyUsed<number>(30, (_thing, name) => void forgotten.push(name));
  for (const [index, name] of ['a', 'b', 'c'].entries()) cache.set(name, index, 10);
  expect(cache.get('a')).toBe(0);
  cache.set('d', 3, 15);
  expect(forgotten).toEqual(['b', 'c']);
  expect([cache.get('a'), cache.get('b'), cache.get('d')]).toEqual([0, undefined, 3]);
});

it('keeps what is larger than everything it may hold, until the next one comes', () => {
  const cache = new RecentlyUsed<string>(10);
  cache.set('large', 'x', 100);
  expect(cache.get('large')).toBe('x');
  cache.set('small', 'y', 1);
  expect([cache.get('large'), cache.get('small'), cache.bytes]).toEqual([undefined, 'y', 1]);
});

it('never holds more than it may but for the newest, whatever is asked of it', () => {
  const step = fc.record({ name: fc.integer({ min: 0, max: 9 }), bytes: fc.integer({ min: 0, max: 40 }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const cache = new RecentlyUsed<number>(100);
      for (const { name, bytes } of steps) {
        cache.get(String((name + 3) % 10));
        cache.set(String(name), bytes, bytes);
        expect(cache.bytes).toBeLessThanOrEqual(Math.max(100, bytes));
        expect(cache.get(String(name))).toBe(bytes);
      }
    }),
  );
});
