import type { DeskClient } from '../connection.ts';
import { texts } from '../texts/texts.ts';

let client: DeskClient | null = null;

/** @throws Error while there is no connection */
export function desk(): DeskClient {
  if (client === null) throw new Error(texts().connection.lost);
  return client;
}

export function setDesk(connected: DeskClient | null): void {
  client = connected;
}
