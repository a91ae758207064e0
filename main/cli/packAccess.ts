import { SoniError } from '../contracts/errors.ts';
import type { PackManifest } from '../contracts/pack.ts';
import { addPack } from '../inference/packs/addPack.ts';
import { knownManifest, packOnDisk } from '../inference/packs/findPack.ts';
import type { InstalledPack } from '../inference/packs/installedPack.ts';
import { licenceAccepted, licenceRequired, recordAcceptance } from '../inference/packs/licences.ts';
import type { CommandContext } from './commandContext.ts';
import { packProgressLabel } from './packProgress.ts';

export interface Consent {
  /** The user said --accept-licence. */
  readonly acceptLicence: boolean;
  /** No progress. */
  readonly quiet: boolean;
}

/** The user's word on a licence, whose text `required` carries: by the flag (the text is shown all the same) or by an answer. */
async function agree(required: SoniError, consent: Consent, context: CommandContext): Promise<void> {
  const { pack, licence, text } = required.detail ?? {};
  context.show(`Licence of the pack ${String(pack)} (${String(licence)}):\n\n${String(text).trimEnd()}\n`);
  if (consent.acceptLicence) {
    context.say(`Accepted by --accept-licence: ${String(licence)}, for the pack ${String(pack)}.`);
    return;
  }
  const answer = await context.confirm(`Do you accept this licence for ${String(pack)}?`);
  if (answer === null) throw required;
  if (!answer) throw new SoniError('cancelled', `The licence was not accepted; ${String(pack)} is not used.`);
}

/**
 * Installs a pack by id or by its manifest, after the user's consent to its licence where it asks for one.
 * @throws SoniError `licence-required` where nobody can answer, `cancelled` when the answer is no; those of `addPack`
 */
export async function addWithConsent(
  idOrFile: string,
  consent: Consent,
  context: CommandContext,
): Promise<InstalledPack> {
  const display = context.progress(consent.quiet);
  const add = async (acceptLicence: boolean): Promise<InstalledPack> => {
    try {
      return await addPack(idOrFile, {
        acceptLicence,
        signal: context.signal,
        onProgress: (progress) =>
          display.update({
            label: packProgressLabel(idOrFile, progress),
            fraction: progress.total === null ? 0 : Math.min(1, progress.done / Math.max(1, progress.total)),
            etaSeconds: null,
          }),
      });
    } finally {
      display.end();
    }
  };
  try {
    return await add(false);
  } catch (thrown) {
    if (!(thrown instanceof SoniError) || thrown.kind !== 'licence-required') throw thrown;
    await agree(thrown, consent, context);
    return await add(true);
  }
}

const downloadMegabytes = ({ source }: PackManifest): number =>
  Math.max(1, Math.round(('bytes' in source ? source.bytes : 0) / 1e6));

/**
 * Makes a pack usable before a job asks for it. Nothing is fetched unless the user says so, by
 * --accept-licence or by an answer; otherwise the engine's own error tells what to do.
 */
export async function preparePack(id: string, consent: Consent, context: CommandContext): Promise<void> {
  const installed = await packOnDisk(id);
  if (installed !== undefined) {
    if (await licenceAccepted(installed.manifest)) return;
    await agree(licenceRequired(installed.manifest), consent, context);
    await recordAcceptance(installed.manifest);
    return;
  }
  const manifest = await knownManifest(id);
  if (manifest === undefined) return;
  if (!consent.acceptLicence) {
    const question = `The pack ${id} is not installed. Download it (${downloadMegabytes(manifest)} MB)?`;
    if ((await context.confirm(question)) !== true) return;
  }
  await addWithConsent(id, consent, context);
}
