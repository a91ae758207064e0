import { SoniError } from '../contracts/errors.ts';

/** Large data goes by file. */
export const maxMessageCharacters = 16 * 1024 * 1024;

/** @throws SoniError `internal` for a message over the cap */
export function messageText(message: unknown): string {
  const text = JSON.stringify(message);
  if (text.length > maxMessageCharacters) throw tooLong(text.length);
  return text;
}

/** @throws TypeError, SyntaxError or SoniError for what is no message */
export function parseMessage(data: unknown): unknown {
  if (typeof data !== 'string') throw new TypeError('a message that is not text');
  if (data.length > maxMessageCharacters) throw tooLong(data.length);
  return JSON.parse(data);
}

const tooLong = (length: number): SoniError =>
  new SoniError(
    'internal',
    `A message of ${length} characters is over the cap of ${maxMessageCharacters}; large data goes by file.`,
  );
