import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseV1Options, flipFuses } from '@electron/fuses';
import { fuses } from '../../../forge.config.ts';

export interface PackagedApp {
  /** As users get it. */
  readonly executable: string;
  /** The same with one fuse on: the one that lets a test drive it. */
  readonly drivable: string;
}

/** `npm run package`, from what has been built. */
export async function packagedApp(): Promise<PackagedApp> {
  const packaged = spawnSync(process.execPath, ['main/tooling/package.mjs'], { encoding: 'utf8' });
  if (packaged.status !== 0) throw new Error(`${packaged.stdout}\n${packaged.stderr}`);
  const [executable = ''] = packaged.stdout.split('\n');
  const drivable = join(executable, '..', 'sonidesk-app-drivable');
  copyFileSync(executable, drivable);
  await flipFuses(drivable, { ...fuses, [FuseV1Options.EnableNodeCliInspectArguments]: true });
  return { executable, drivable };
}
