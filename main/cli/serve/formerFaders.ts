import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';
import { formerStrip, type FormerStrip } from '../../contracts/dawMixer.ts';
import { SoniError } from '../../contracts/errors.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';

/** How faders were before a plan was put onto them lies beside the plan for as long as it is on them. */
const fileOf = (plan: string): string => `${plan.replace(/\.json$/i, '')}.faders.json`;

/** @returns nothing where the plan is on no faders. @throws SoniError `corrupt` */
export async function readFormer(plan: string): Promise<readonly FormerStrip[]> {
  const file = fileOf(plan);
  if (!existsSync(file)) return [];
  try {
    return z.array(formerStrip).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (thrown) {
    throw new SoniError(
      'corrupt',
      `${file} should say how the faders were and cannot be read. Put the faders back by hand and delete it.`,
      undefined,
      { cause: thrown },
    );
  }
}

export const writeFormer = (plan: string, former: readonly FormerStrip[]): Promise<void> =>
  writeFileAtomic(fileOf(plan), `${JSON.stringify(former, null, 2)}\n`);

export const forgetFormer = (plan: string): Promise<void> => rm(fileOf(plan), { force: true });

/** The same gain twice would be heard. @throws SoniError `bad-usage` */
export function refuseBoth(plan: string): void {
  if (!existsSync(fileOf(plan))) return;
  throw new SoniError(
    'bad-usage',
    `Gain and pan of ${plan} are on the faders of the DAW (${fileOf(plan)}); in the plugins, too, they would count twice. Put the faders back first: sonidesk return --mix ${plan} --faders --none`,
  );
}
