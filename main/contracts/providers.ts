import { SoniError } from './errors.ts';

/** @throws SoniError `bad-usage` when the execution provider that was asked for is not among those of this machine */
export function requireProvider(wanted: string, offered: readonly string[]): void {
  if (offered.includes(wanted)) return;
  throw new SoniError(
    'bad-usage',
    `There is no provider "${wanted}" (from --provider or SONIDESK_PROVIDER) on this machine; it offers ${offered.join(', ')}.`,
  );
}
