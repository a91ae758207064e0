import { z } from 'zod';
import { SoniError } from '../contracts/errors.ts';
import {
  operations,
  type Operation,
  type OperationContext,
  type OperationName,
} from '../contracts/operations.ts';

/** Each operation's code, loaded when it is first asked for: the host starts at once and holds only what it uses. */
const loaders: { readonly [Name in OperationName]: () => Promise<Operation<Name>> } = {
  decode: async () => (await import('../audio/decode/decodeOperation.ts')).decode,
  resample: async () => (await import('../audio/resample/resampleOperation.ts')).resample,
  peaks: async () => (await import('../audio/peaks/peaksOperation.ts')).peaks,
  tag: async () => (await import('../analysis/tag.ts')).tag,
  recognise: async () => (await import('./tagging/recognise.ts')).recognise,
  mix: async () => (await import('../mix/mix.ts')).mix,
  'render-mix': async () => (await import('../mix/renderMix.ts')).renderMix,
  separate: async () => (await import('./separate/separate.ts')).separate,
  'select-stems': async () => (await import('./separate/selectStems.ts')).selectStems,
  tokenise: async () => (await import('./features/tokenise.ts')).tokenise,
  'embed-clips': async () => (await import('./features/embedClips.ts')).embedClips,
  features: async () => (await import('./features/features.ts')).features,
  transcribe: async () => (await import('./transcribe/transcribe.ts')).transcribe,
};

/**
 * Runs an operation by name. Input and output are parsed with the operation's own schemas.
 * @throws SoniError `bad-usage` for an input that is not the operation's, and what the operation throws
 */
export async function runOperation(
  name: OperationName,
  rawInput: unknown,
  context: OperationContext,
): Promise<unknown> {
  const input = operations[name].input.safeParse(rawInput);
  if (!input.success) {
    throw new SoniError(
      'bad-usage',
      `The operation "${name}" was called wrongly: ${z.prettifyError(input.error)}`,
    );
  }
  // The schema of this very name has just accepted the input.
  const operation = (await loaders[name]()) as unknown as (
    input: unknown,
    context: OperationContext,
  ) => Promise<unknown>;
  const output = operations[name].output.safeParse(await operation(input.data, context));
  if (!output.success) {
    throw new SoniError(
      'internal',
      `The operation "${name}" answered wrongly: ${z.prettifyError(output.error)}`,
    );
  }
  return output.data;
}
