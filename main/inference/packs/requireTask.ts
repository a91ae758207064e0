import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest, PackTask } from '../../contracts/pack.ts';

/** @throws SoniError `bad-usage` when the pack is for something else */
export function requireTask(pack: PackManifest, task: PackTask): void {
  if (pack.tasks.includes(task)) return;
  const doing = task === 'features' ? 'compute features' : task;
  throw new SoniError(
    'bad-usage',
    `The pack "${pack.id}" cannot ${doing}; it is for: ${pack.tasks.join(', ')}. Choose another with --pack.`,
  );
}
