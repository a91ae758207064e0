import { expect, it } from 'vitest';
import type { PackManifest } from '../../contracts/pack.ts';
import { requireTask } from './requireTask.ts';

it('a pack for something else is refused with what it is for', () => {
  const pack = { id: 'tags', tasks: ['tag'] } as unknown as PackManifest;
  expect(() => requireTask(pack, 'tag')).not.toThrow();
  expect(() => requireTask(pack, 'features')).toThrow(
    'The pack "tags" cannot compute features; it is for: tag. Choose another with --pack.',
  );
  expect(() => requireTask(pack, 'separate')).toThrow('cannot separate; it is for: tag.');
});
