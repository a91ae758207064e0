import type { Transport } from '../../contracts/rpc.ts';
import { processTransport } from '../processTransport.ts';
import { utilityParent, utilityTransport } from './utilityParent.ts';

/**
 * From a program to the process that asked for it.
 * @throws Error when it was started without a channel
 */
export async function parentTransport(): Promise<Transport> {
  const parent = utilityParent();
  // Node's channel is taken at once: what arrives before is not kept for later.
  return parent === null ? processTransport() : await utilityTransport(parent);
}
