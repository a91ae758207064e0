import type { OperationName } from '../../contracts/operations.ts';

/**
 * Jobs of different lanes run side by side, each lane in an inference host of its own: `model` keeps the
 * device and all cores busy with one network at a time, `signal` is single-threaded work beside it.
 */
export const lanes = ['model', 'signal'] as const;
export type Lane = (typeof lanes)[number];

export function laneOf(operation: OperationName): Lane {
  switch (operation) {
    case 'separate':
    case 'transcribe':
    case 'tokenise':
    case 'embed-clips':
    case 'features':
    case 'recognise':
      return 'model';
    case 'decode':
    case 'resample':
    case 'tag':
    case 'mix':
    case 'render-mix':
    case 'select-stems':
    case 'peaks':
      return 'signal';
  }
}
