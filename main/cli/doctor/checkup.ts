import { dawFindings } from './daw.ts';
import { decoderFinding } from './decoders.ts';
import { hostFindings } from './host.ts';
import type { Finding } from './finding.ts';
import { machineFindings } from './machine.ts';
import { npmFinding } from './npmClient.ts';
import { packFindings } from './packs.ts';
import { pluginFindings } from './plugins.ts';
import { storageFindings } from './storage.ts';

/** Everything the doctor looks at, in the order of the report. */
export async function checkup(signal: AbortSignal): Promise<Finding[]> {
  return [
    ...machineFindings(),
    ...(await storageFindings()),
    await decoderFinding(),
    ...(await hostFindings(signal)),
    ...(await packFindings(signal)),
    ...pluginFindings(),
    ...(await dawFindings()),
    await npmFinding(),
  ];
}
