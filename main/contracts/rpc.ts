import { z } from 'zod';
import { errorPayload } from './errors.ts';

/**
 * A remote procedure contract: methods are called and answered once (with events on the way), topics are
 * subscribed to. Every payload is parsed by its schema where it arrives, in both directions.
 */
export interface RpcContract {
  readonly methods: Readonly<Record<string, { input: z.ZodType; output: z.ZodType; event?: z.ZodType }>>;
  readonly topics: Readonly<Record<string, { event: z.ZodType }>>;
}

const id = z.number().int().nonnegative();

/** The messages on the wire. `cancel` ends a call (its answer is then an error of kind `cancelled`) or a subscription. */
export const rpcMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('call'), id, method: z.string(), input: z.unknown() }),
  z.object({ type: z.literal('subscribe'), id, topic: z.string() }),
  z.object({ type: z.literal('cancel'), id }),
  z.object({ type: z.literal('event'), id, value: z.unknown() }),
  z.object({ type: z.literal('result'), id, output: z.unknown() }),
  z.object({ type: z.literal('error'), id, error: errorPayload }),
]);
export type RpcMessage = z.infer<typeof rpcMessage>;

/** All that RPC asks of a transport: ordered delivery of JSON-like messages. */
export interface Transport {
  send(message: unknown): void;
  /** Resolves when the outgoing queue is short enough to go on; senders of many events wait for it. */
  drained(): Promise<void>;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, with a reason when the other side vanished. */
  onClose(listener: (reason?: string) => void): void;
  close(): void;
}
