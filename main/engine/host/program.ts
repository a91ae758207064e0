import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SoniError } from '../../contracts/errors.ts';

/** A Node program that serves the inference contract over its IPC channel. */
export interface HostProgram {
  readonly script: string;
  readonly args?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The execution provider that the user wants, which overrules the host's own choice; `null` for no wish. */
export const requestedProvider = ({ env }: HostProgram): string | null =>
  env?.['SONIDESK_PROVIDER'] || process.env['SONIDESK_PROVIDER'] || null;

/**
 * The inference host that is built beside this program, or from the sources' own build.
 * @throws SoniError `internal` when it has not been built
 */
export function defaultHostProgram(): HostProgram {
  const candidates = ['./inference-host.js', '../../../dist/inference-host.js'];
  for (const candidate of candidates) {
    const script = fileURLToPath(new URL(candidate, import.meta.url));
    if (existsSync(script)) return { script };
  }
  throw new SoniError(
    'internal',
    'The inference host is missing from this installation. Run `npm run build`, or install SoniDesk again.',
  );
}
