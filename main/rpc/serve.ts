import { z } from 'zod';
import { SoniError, asSoniError } from '../contracts/errors.ts';
import { rpcMessage, type RpcContract, type RpcMessage, type Transport } from '../contracts/rpc.ts';
import { fileError } from '../platform/fileError.ts';
import type {
  HandlerInput,
  HandlerOutput,
  MethodName,
  SentEvent,
  SentTopicEvent,
  TopicName,
} from './types.ts';

/** What a handler is given besides its input. */
export interface HandlerContext<Event> {
  /** Aborted when the caller cancels, unsubscribes or vanishes. */
  readonly signal: AbortSignal;
  /** Sends an event to the caller; does nothing once the call is over. */
  readonly emit: (event: Event) => void;
  /** Wait for this between many events: resolves when the outgoing queue is short enough. */
  readonly drained: () => Promise<void>;
}

/**
 * One function per method and per topic. A method's answer is its return value; whatever it throws crosses
 * as {kind, message, detail}. A topic handler emits until its signal aborts.
 */
export type Handlers<C extends RpcContract> = {
  readonly [M in MethodName<C>]: (
    input: HandlerInput<C, M>,
    context: HandlerContext<SentEvent<C, M>>,
  ) => Promise<HandlerOutput<C, M>> | HandlerOutput<C, M>;
} & {
  readonly [T in TopicName<C>]: (context: HandlerContext<SentTopicEvent<C, T>>) => void;
};

export interface Server {
  /** Calls and subscriptions being served. */
  readonly active: number;
  /** Aborts everything being served and closes the transport. */
  close(): void;
  /** Resolves when the transport has closed, with the reason when the other side vanished. */
  readonly closed: Promise<string | undefined>;
}

/** A bare error of the file system (a full disk in the middle of writing) gets its kind and words here at the latest. */
function readable(thrown: unknown): SoniError {
  const path = thrown instanceof Error && 'path' in thrown ? thrown.path : undefined;
  return fileError(thrown, typeof path === 'string' ? `use ${path}` : 'finish the work');
}

type AnyMethod = (input: unknown, context: HandlerContext<unknown>) => unknown;
type AnyTopic = (context: HandlerContext<unknown>) => void;

/** Answers the calls and subscriptions of one connection. A message that is not RPC ends the connection. */
export function serve<C extends RpcContract>(
  contract: C,
  handlers: Handlers<NoInfer<C>>,
  transport: Transport,
): Server {
  const running = new Map<number, AbortController>();
  let open = true;
  let resolveClosed: (reason: string | undefined) => void;
  const closed = new Promise<string | undefined>((resolve) => {
    resolveClosed = resolve;
  });

  function send(message: RpcMessage): void {
    if (open) transport.send(message);
  }

  function begin(id: number): HandlerContext<unknown> & { finish(): boolean } {
    const controller = new AbortController();
    running.set(id, controller);
    return {
      signal: controller.signal,
      emit(value) {
        if (running.get(id) === controller) send({ type: 'event', id, value });
      },
      drained: () => transport.drained(),
      finish: () => running.get(id) === controller && running.delete(id),
    };
  }

  function fail(id: number, error: SoniError): void {
    send({ type: 'error', id, error: error.toPayload() });
  }

  async function call(id: number, method: string, rawInput: unknown): Promise<void> {
    const declared = Object.hasOwn(contract.methods, method) ? contract.methods[method] : undefined;
    if (declared === undefined) {
      fail(id, new SoniError('unsupported', `There is no method "${method}" in this version.`));
      return;
    }
    const input = declared.input.safeParse(rawInput);
    if (!input.success) {
      fail(
        id,
        new SoniError('bad-usage', `"${method}" was called wrongly: ${z.prettifyError(input.error)}`, {
          method,
        }),
      );
      return;
    }
    const context = begin(id);
    const handler = (handlers as unknown as Record<string, AnyMethod>)[method]!;
    let answer: RpcMessage;
    try {
      answer = { type: 'result', id, output: (await handler(input.data, context)) ?? null };
    } catch (thrown) {
      answer = { type: 'error', id, error: readable(thrown).toPayload() };
    }
    if (!context.finish()) return;
    try {
      send(answer);
    } catch (thrown) {
      // Too large for a frame, or not JSON: the caller must not wait for ever.
      fail(id, asSoniError(thrown));
    }
  }

  function subscribe(id: number, topic: string): void {
    if (!Object.hasOwn(contract.topics, topic)) {
      fail(id, new SoniError('unsupported', `There is no topic "${topic}" in this version.`));
      return;
    }
    const context = begin(id);
    try {
      (handlers as unknown as Record<string, AnyTopic>)[topic]!(context);
    } catch (thrown) {
      if (context.finish()) fail(id, asSoniError(thrown));
    }
  }

  function cancel(id: number): void {
    // A cancel that crosses its answer on the way names a call that is already over.
    running.get(id)?.abort(new DOMException('Cancelled by the caller.', 'AbortError'));
  }

  transport.onMessage((raw) => {
    if (!open) return;
    const parsed = rpcMessage.safeParse(raw);
    if (!parsed.success) {
      transport.close();
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case 'call':
      case 'subscribe':
        if (running.has(message.id)) {
          transport.close();
          return;
        }
        if (message.type === 'call') void call(message.id, message.method, message.input);
        else subscribe(message.id, message.topic);
        return;
      case 'cancel':
        cancel(message.id);
        return;
      case 'event':
      case 'result':
      case 'error':
        // Answers belong to a client; a peer that sends them here does not speak the protocol.
        transport.close();
    }
  });

  transport.onClose((reason) => {
    open = false;
    const controllers = [...running.values()];
    running.clear();
    for (const controller of controllers) {
      controller.abort(new DOMException('The connection closed.', 'AbortError'));
    }
    resolveClosed(reason);
  });

  return {
    get active() {
      return running.size;
    },
    close: () => transport.close(),
    closed,
  };
}
