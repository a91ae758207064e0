import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { packConstant } from '../packs/packConstant.ts';

/** A file has a voice when these of its roles have the probability `least` together: a lone bass line has none. */
export interface HeldBy {
  readonly voice: readonly string[];
  readonly drums: readonly string[];
  readonly least: number;
}

/** What a tagging pack says about itself. */
export interface HeadLayout {
  /** Coarse frames that one run takes. */
  readonly frames: number;
  /** Log-mel frames in a coarse frame. */
  readonly melPerFrame: number;
  readonly melWidth: number;
  /** Width of the statistics of mel frames that stand beside them where there are no features... */
  readonly extraWidth: number;
  /** ... and of the features. */
  readonly featuresWidth: number;
  /** Whether the head's probabilities were fitted to how often it is right. */
  readonly calibrated: boolean;
  readonly instruments: readonly string[];
  readonly roles: readonly string[];
  /** Which files may have a voice, or drums, at all; `null` for heads before 2.2, which know no mixtures. */
  readonly heldBy: HeldBy | null;
  /** What a correlation of 1 with a key's profile counts beside the head's log-probabilities; `null`: the head's key is not used. */
  readonly keyWeight: number | null;
  /** The pack whose features the head was trained on. */
  readonly featuresPack: string;
  readonly featuresVersion: string;
}

/** @throws SoniError `unsupported` when it is another kind of pack, `corrupt` */
export function headLayout(manifest: PackManifest): HeadLayout {
  const { model, id } = manifest;
  if (model.adapter !== 'tagging') {
    throw new SoniError(
      'unsupported',
      `The pack ${id} is for ${manifest.tasks.join(', ')}; tags need a pack made for them, such as sonido-tags.`,
    );
  }
  const text = (name: string): string => {
    const value = model.constants[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new SoniError(
      'corrupt',
      `The pack ${id} has no usable model constant "${name}". Get a fitting pack.`,
    );
  };
  const least = model.constants['leastHeld'];
  return {
    frames: packConstant(manifest, 'windowFrames'),
    melPerFrame: packConstant(manifest, 'melPerFrame'),
    melWidth: packConstant(manifest, 'melWidth'),
    extraWidth: packConstant(manifest, 'extraWidth'),
    featuresWidth: packConstant(manifest, 'featuresWidth'),
    calibrated: model.constants['calibrated'] === 'yes',
    instruments: text('instruments').split(','),
    roles: text('roles').split(','),
    heldBy:
      typeof least === 'number'
        ? { voice: text('voiceHeldBy').split(','), drums: text('drumsHeldBy').split(','), least }
        : null,
    keyWeight: typeof model.constants['keyWeight'] === 'number' ? model.constants['keyWeight'] : null,
    featuresPack: text('featuresPack'),
    featuresVersion: text('featuresVersion'),
  };
}
