import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';

/** A positive whole number among a pack's model constants. @throws SoniError `corrupt` */
export function packConstant(manifest: PackManifest, name: string): number {
  const value = manifest.model.constants[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw new SoniError(
      'corrupt',
      `The pack ${manifest.id} has no usable model constant "${name}" (found ${value ?? 'nothing'}, expected a positive whole number). Get a fitting pack.`,
    );
  }
  return value;
}
