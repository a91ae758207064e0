import type { Transport } from '../../contracts/rpc.ts';
import { messagePortTransport } from '../messagePortTransport.ts';

export type UtilityPort = Parameters<typeof messagePortTransport>[0];

interface UtilityMessage {
  readonly data: unknown;
  readonly ports: readonly UtilityPort[];
}

/** What Electron gives a utility process to talk with the shell; nothing of Electron is imported for it. */
export interface UtilityParent {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: UtilityMessage) => void): unknown;
  off(event: 'message', listener: (message: UtilityMessage) => void): unknown;
}

/** `null` in a process of Node's own. */
export const utilityParent = (): UtilityParent | null =>
  (process as unknown as { readonly parentPort?: UtilityParent }).parentPort ?? null;

/** The channel to who asked for this utility process: the first port that the shell hands it. */
export const utilityTransport = (parent: UtilityParent): Promise<Transport> =>
  new Promise((resolve) => {
    const onMessage = ({ ports: [port] }: UtilityMessage) => {
      if (port === undefined) return;
      parent.off('message', onMessage);
      resolve(messagePortTransport(port));
    };
    parent.on('message', onMessage);
  });
