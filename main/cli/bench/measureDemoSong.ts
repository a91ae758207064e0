import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { demoSong } from '../../demo/demoSong.ts';
import { findPack } from '../../inference/packs/findPack.ts';
import type { CommandContext } from '../commandContext.ts';
import { demoFolder } from '../demoFolder.ts';
import { hostProgram } from '../engineJob.ts';
import type { EngineOptions } from '../engineOptions.ts';
import { measureSteps, type Step } from './steps.ts';

/** A pack that can be used now; without one its step is left out. */
async function usable(id: string): Promise<PackManifest | null> {
  try {
    return (await findPack(id)).manifest;
  } catch (thrown) {
    if (thrown instanceof SoniError && ['not-found', 'licence-required'].includes(thrown.kind)) return null;
    throw thrown;
  }
}

/** Every step of the work measured on the demo song, with the packs that are installed. */
export async function measureDemoSong(
  options: EngineOptions,
  context: CommandContext,
): Promise<{ file: string; steps: Step[] }> {
  const display = context.progress(options.quiet === true);
  const show = (label: string, fraction: number): void =>
    display.update({ label, fraction, etaSeconds: null });
  try {
    const song = await demoSong(demoFolder(), (label) => show(label, 0));
    const packs = { separate: await usable('htdemucs'), transcribe: await usable('basic-pitch') };
    const steps = await measureSteps(song.mix, hostProgram(options), packs, context.signal, show);
    return { file: song.mix, steps };
  } finally {
    display.end();
  }
}
