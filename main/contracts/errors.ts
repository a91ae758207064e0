import { z } from 'zod';

/**
 * The closed set of things that can go wrong. A kind decides what a caller can do about it
 * (mend the input, accept a licence, free disk, try again), the message says it in words.
 */
export const errorKinds = [
  'bad-usage', // the call itself is off: an unknown option, a value out of range
  'bad-input', // a file or value given by the user cannot be used
  'not-found', // a file, track, pack or job that was named does not exist
  'unsupported', // a known thing that this version or this machine cannot do
  'newer-format', // written by a newer SoniDesk
  'corrupt', // our own data (session, pack, cache) is damaged
  'licence-required', // a pack's licence has not been accepted
  'denied', // the operating system refused (permissions, read-only)
  'no-space', // disk or quota full
  'busy', // somebody else holds it
  'network', // a download failed
  'cancelled', // asked for by the user
  'crashed', // a process died under the work
  'internal', // a bug of ours
] as const;

export type ErrorKind = (typeof errorKinds)[number];

/** How an error crosses a process border. */
export const errorPayload = z.object({
  kind: z.enum(errorKinds),
  message: z.string(),
  detail: z.record(z.string(), z.unknown()).optional(),
});
export type ErrorPayload = z.infer<typeof errorPayload>;

/**
 * The one error class of the product. `message` is for the user: what was found, what was
 * expected, what to do. `detail` is for the log.
 */
export class SoniError extends Error {
  override readonly name = 'SoniError';

  constructor(
    readonly kind: ErrorKind,
    message: string,
    readonly detail?: Record<string, unknown>,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }

  toPayload(): ErrorPayload {
    return { kind: this.kind, message: this.message, ...(this.detail && { detail: this.detail }) };
  }

  static fromPayload(payload: ErrorPayload): SoniError {
    return new SoniError(payload.kind, payload.message, payload.detail);
  }
}

/** Any thrown value as a SoniError: ours pass through, an abort becomes `cancelled`, the rest is `internal`. */
export function asSoniError(thrown: unknown): SoniError {
  if (thrown instanceof SoniError) return thrown;
  if (thrown instanceof Error && thrown.name === 'AbortError') {
    return new SoniError('cancelled', 'Cancelled.', undefined, { cause: thrown });
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  return new SoniError('internal', message, stack === undefined ? undefined : { stack }, { cause: thrown });
}

/** Process exit code for a kind: 2 when the user can mend the call or its input, 130 when cancelled, else 1. */
export function exitCode(kind: ErrorKind): 1 | 2 | 130 {
  switch (kind) {
    case 'cancelled':
      return 130;
    case 'bad-usage':
    case 'bad-input':
    case 'not-found':
    case 'unsupported':
    case 'newer-format':
    case 'corrupt':
    case 'licence-required':
    case 'denied':
    case 'busy':
      return 2;
    case 'no-space':
    case 'network':
    case 'crashed':
    case 'internal':
      return 1;
  }
}
