import { z } from 'zod';
import { SoniError, asSoniError } from '../contracts/errors.ts';
import { rpcMessage, type RpcContract, type Transport } from '../contracts/rpc.ts';
import type {
  CallInput,
  CallOutput,
  MethodName,
  ReceivedEvent,
  ReceivedTopicEvent,
  TopicName,
} from './types.ts';

export interface CallOptions<Event> {
  /** Aborting asks the other side to stop; the promise then rejects with kind `cancelled` once it has. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: Event) => void) | undefined;
}

export interface Subscription {
  /** Ends the subscription; no event arrives afterwards. */
  close(): void;
  /** Resolves after `close`, rejects when the other side ended it. */
  readonly ended: Promise<void>;
}

export interface Client<C extends RpcContract> {
  call<M extends MethodName<C>>(
    method: M,
    input: CallInput<C, M>,
    options?: CallOptions<ReceivedEvent<C, M>>,
  ): Promise<CallOutput<C, M>>;
  subscribe<T extends TopicName<C>>(
    topic: T,
    listener: (event: ReceivedTopicEvent<C, T>) => void,
  ): Subscription;
  /** Calls and subscriptions waiting for the other side. */
  readonly pending: number;
  readonly closed: boolean;
  /** Closes the transport; what is pending fails with kind `crashed`. */
  close(): void;
}

interface Pending {
  readonly name: string;
  readonly output: z.ZodType;
  readonly event: z.ZodType | undefined;
  onEvent(event: unknown): void;
  resolve(output: unknown): void;
  reject(error: SoniError): void;
}

/** The calling side of a connection. Pending calls fail with kind `crashed` when the transport closes. */
export function createClient<C extends RpcContract>(contract: C, transport: Transport): Client<C> {
  const pending = new Map<number, Pending>();
  let nextId = 0;
  let closedBecause: SoniError | undefined;

  function take(id: number): Pending | undefined {
    const entry = pending.get(id);
    pending.delete(id);
    return entry;
  }

  function mismatch(what: string, error: z.ZodError): SoniError {
    return new SoniError(
      'internal',
      `The other side answered "${what}" in an unknown form: ${z.prettifyError(error)}`,
    );
  }

  function handleEvent(id: number, value: unknown): void {
    const entry = pending.get(id);
    if (entry?.event === undefined) return;
    const parsed = entry.event.safeParse(value);
    if (parsed.success) {
      entry.onEvent(parsed.data);
      return;
    }
    pending.delete(id);
    transport.send({ type: 'cancel', id });
    entry.reject(mismatch(entry.name, parsed.error));
  }

  function handleResult(id: number, output: unknown): void {
    const entry = take(id);
    if (entry === undefined) return;
    const parsed = entry.output.safeParse(output);
    if (parsed.success) entry.resolve(parsed.data);
    else entry.reject(mismatch(entry.name, parsed.error));
  }

  transport.onMessage((raw) => {
    if (closedBecause !== undefined) return;
    const parsed = rpcMessage.safeParse(raw);
    const message = parsed.data;
    switch (message?.type) {
      case 'event':
        handleEvent(message.id, message.value);
        return;
      case 'result':
        handleResult(message.id, message.output);
        return;
      case 'error':
        take(message.id)?.reject(SoniError.fromPayload(message.error));
        return;
      case 'call':
      case 'subscribe':
      case 'cancel':
      case undefined:
        closedBecause = new SoniError('crashed', 'The other side sent something that is not an RPC answer.');
        transport.close();
    }
  });

  transport.onClose((reason) => {
    closedBecause ??= new SoniError('crashed', `The connection closed${reason ? `: ${reason}` : ''}.`);
    const entries = [...pending.values()];
    pending.clear();
    for (const entry of entries) entry.reject(closedBecause);
  });

  return {
    call(method, input, options = {}) {
      return new Promise((resolve, reject) => {
        const { signal, onEvent } = options;
        if (signal?.aborted === true) {
          reject(new SoniError('cancelled', 'Cancelled.'));
          return;
        }
        if (closedBecause !== undefined) {
          reject(closedBecause);
          return;
        }
        const id = nextId++;
        const declared = contract.methods[method]!;
        const cancel = () => transport.send({ type: 'cancel', id });
        const settle = () => signal?.removeEventListener('abort', cancel);
        pending.set(id, {
          name: method,
          output: declared.output,
          event: declared.event,
          onEvent: (event) => {
            if (signal?.aborted !== true) onEvent?.(event as never);
          },
          resolve: (output) => {
            settle();
            resolve(output as never);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        });
        signal?.addEventListener('abort', cancel, { once: true });
        try {
          transport.send({ type: 'call', id, method, input });
        } catch (thrown) {
          take(id)?.reject(asSoniError(thrown));
        }
      });
    },

    subscribe(topic, listener) {
      let id: number | undefined;
      let finish: (() => void) | undefined;
      const ended = new Promise<void>((resolve, reject) => {
        if (closedBecause !== undefined) {
          reject(closedBecause);
          return;
        }
        id = nextId++;
        finish = resolve;
        pending.set(id, {
          name: topic,
          output: z.unknown(),
          event: contract.topics[topic]!.event,
          onEvent: (event) => listener(event as never),
          resolve: () => resolve(),
          reject,
        });
        transport.send({ type: 'subscribe', id, topic });
      });
      return {
        ended,
        close() {
          if (id === undefined || take(id) === undefined) return;
          transport.send({ type: 'cancel', id });
          finish?.();
        },
      };
    },

    get pending() {
      return pending.size;
    },
    get closed() {
      return closedBecause !== undefined;
    },
    close: () => transport.close(),
  };
}
