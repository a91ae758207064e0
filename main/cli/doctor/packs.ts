import { asSoniError } from '../../contracts/errors.ts';
import { listPacks, type PackListEntry } from '../../inference/packs/findPack.ts';
import { verifyPack } from '../../inference/packs/verifyPack.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

async function look(entry: PackListEntry, signal: AbortSignal): Promise<Finding> {
  const { id, manifest, installed, licenceAccepted, problem } = entry;
  const name = `pack ${id}`;
  const flag = manifest?.licence.mustAccept === true ? ' --accept-licence' : '';
  const add = `sonidesk packs add ${id}${flag}`;
  if (problem !== null || manifest === null)
    return fail(name, problem ?? 'no manifest', `sonidesk packs remove ${id}, then ${add}`);
  if (!installed) return warn(name, `not installed (${manifest.name})`, `To use it: ${add}`);
  if (!licenceAccepted) return warn(name, `its licence (${manifest.licence.id}) is not accepted`, add);
  try {
    await verifyPack(id, signal);
    return ok(name, `${manifest.version}, whole`);
  } catch (thrown) {
    return fail(name, asSoniError(thrown).message, `sonidesk packs remove ${id}, then ${add}`);
  }
}

/** Every known or installed pack; the installed ones are checked against their hashes. */
export async function packFindings(signal: AbortSignal): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const entry of await listPacks()) findings.push(await look(entry, signal));
  return findings;
}
