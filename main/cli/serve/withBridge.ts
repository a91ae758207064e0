import type { bridge } from '../../contracts/bridge.ts';
import type { Client } from '../../rpc/client.ts';
import { connectBridge } from '../../../plugin-bridge/server/control/controlSocket.ts';

/** Talks to the `sonidesk serve` (or the app) that runs now. @throws SoniError `not-found` when none does */
export async function withBridge<Result>(
  work: (client: Client<typeof bridge>) => Promise<Result>,
): Promise<Result> {
  const client = await connectBridge();
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
