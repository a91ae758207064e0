import type { PackManifest } from '../../../contracts/pack.ts';
import { packConstant } from '../../packs/packConstant.ts';

/** The stems that the model itself computes; a pack may name one more, which is what remains. */
export const modelStems = (manifest: PackManifest): readonly string[] => {
  const stems = manifest.stems ?? [];
  return 'modelStems' in manifest.model.constants
    ? stems.slice(0, packConstant(manifest, 'modelStems'))
    : stems;
};
