import { z } from 'zod';
import { SoniError, errorPayload } from '../contracts/errors.ts';
import type { Transport } from '../contracts/rpc.ts';

/** The first message on a socket that other users of the machine could reach. */
const introduction = z.object({ type: z.literal('token'), token: z.string().max(200) });
const answer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome') }),
  z.object({ type: z.literal('refused'), error: errorPayload }),
]);

const introduceWithinMs = 30_000;

/** Waits for the right token; only then is the transport to be served. A wrong one is told so and hung up on. */
export function admitByToken(
  transport: Transport,
  isRight: (token: string) => boolean,
  admitted: (transport: Transport) => void,
): void {
  const timer = setTimeout(() => transport.close(), introduceWithinMs);
  transport.onClose(() => clearTimeout(timer));
  transport.onMessage((message) => {
    clearTimeout(timer);
    const parsed = introduction.safeParse(message);
    if (parsed.success && isRight(parsed.data.token)) {
      transport.send({ type: 'welcome' });
      admitted(transport);
      return;
    }
    const error = new SoniError('denied', 'The token is not the one of this SoniDesk; it was restarted.');
    transport.send({ type: 'refused', error: error.toPayload() });
    transport.close();
  });
}

/**
 * Shows the token; afterwards the transport is the caller's.
 * @throws SoniError `denied` | `crashed` when the other side hangs up
 */
export function showToken(transport: Transport, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    transport.onClose((reason) =>
      reject(new SoniError('crashed', `The connection closed: ${reason ?? ''}.`)),
    );
    transport.onMessage((message) => {
      const { data } = answer.safeParse(message);
      if (data?.type === 'welcome') {
        resolve();
        return;
      }
      transport.close();
      reject(
        data === undefined
          ? new SoniError('crashed', 'The other side does not speak the expected protocol.')
          : SoniError.fromPayload(data.error),
      );
    });
    transport.send({ type: 'token', token });
  });
}
