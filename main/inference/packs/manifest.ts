import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';
import { packFormat, packManifest, type PackManifest } from '../../contracts/pack.ts';
import { fileError } from '../../platform/fileError.ts';

/** A manifest as it lies on disk, before anything else in it is believed. */
const formatOnly = z.object({ format: z.number() });

/**
 * Reads and checks a pack's `manifest.json`.
 * @throws SoniError `newer-format` | `corrupt` | `not-found` | `denied`
 */
export async function readManifest(path: string): Promise<PackManifest> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw fileError(thrown, `read the pack manifest ${path}`);
  });
  return parseManifest(text, path);
}

/** @param where named in the error messages */
export function parseManifest(text: string, where: string): PackManifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new SoniError('corrupt', `${where} is not JSON. Get the pack again.`, undefined, { cause: thrown });
  }
  const format = formatOnly.safeParse(json);
  if (format.success && format.data.format > packFormat) {
    throw new SoniError(
      'newer-format',
      `${where} has manifest format ${format.data.format}; this version of SoniDesk reads up to ${packFormat}. Update SoniDesk to use this pack.`,
    );
  }
  const parsed = packManifest.safeParse(json);
  if (!parsed.success) {
    throw new SoniError('corrupt', `${where} is not a valid pack manifest: ${issuesInWords(parsed.error)}.`);
  }
  const { model, graphs = {}, files } = parsed.data;
  for (const { file } of [model, ...Object.values(graphs)]) {
    if (files.some(({ name }) => name === file)) continue;
    throw new SoniError('corrupt', `${where}: its model file ${file} is not among its files.`);
  }
  return parsed.data;
}

const issuesInWords = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'manifest'}: ${issue.message}`)
    .join('; ');
