import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { writeFileAtomic } from '../../platform/atomicFile.ts';
import { directories } from '../../platform/directories.ts';
import { fileError } from '../../platform/fileError.ts';

/** One acceptance: of exactly this text, at this time. */
const acceptance = z.object({
  pack: z.string(),
  version: z.string(),
  licence: z.string(),
  textSha256: z.string(),
  acceptedAt: z.iso.datetime(),
});
type Acceptance = z.infer<typeof acceptance>;

const acceptancesPath = () => join(directories().packs, 'accepted-licences.json');

async function readAcceptances(): Promise<Acceptance[]> {
  const path = acceptancesPath();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (thrown) {
    const error = fileError(thrown, `read ${path}`);
    if (error.kind === 'not-found') return [];
    throw error;
  }
  try {
    return z.array(acceptance).parse(JSON.parse(text));
  } catch (thrown) {
    throw new SoniError(
      'corrupt',
      `The record of accepted licences ${path} is damaged. Delete it and accept the licences again.`,
      undefined,
      { cause: thrown },
    );
  }
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Whether the pack may be used: it asks for nothing, or this very text has been accepted. */
export async function licenceAccepted(manifest: PackManifest): Promise<boolean> {
  if (!manifest.licence.mustAccept) return true;
  const hash = hashOf(manifest.licence.text);
  return (await readAcceptances()).some((one) => one.pack === manifest.id && one.textSha256 === hash);
}

/** Remembers that the user accepted the licence of this pack now. */
export async function recordAcceptance(manifest: PackManifest, now = new Date()): Promise<void> {
  const others = (await readAcceptances()).filter((one) => one.pack !== manifest.id);
  const entry: Acceptance = {
    pack: manifest.id,
    version: manifest.version,
    licence: manifest.licence.id,
    textSha256: hashOf(manifest.licence.text),
    acceptedAt: now.toISOString(),
  };
  await writeFileAtomic(acceptancesPath(), `${JSON.stringify([...others, entry], null, 2)}\n`);
}

/** The error that shows the licence and says how to accept it; the text is in `detail.licence`. */
export const licenceRequired = (manifest: PackManifest): SoniError =>
  new SoniError(
    'licence-required',
    `The licence of the pack ${manifest.id} (${manifest.licence.id}) has to be accepted first. Read it, then run: sonidesk packs add ${manifest.id} --accept-licence`,
    { pack: manifest.id, licence: manifest.licence.id, text: manifest.licence.text },
  );
