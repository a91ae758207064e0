import { SoniError, asSoniError } from '../../contracts/errors.ts';

/**
 * A SQLite error as a SoniError.
 * @param what the file, for the message
 */
export function databaseError(thrown: unknown, what: string): SoniError {
  if (thrown instanceof SoniError || !(thrown instanceof Error)) return asSoniError(thrown);
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
  const detail = { code, sqlite: thrown.message };
  const cause = { cause: thrown };
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) {
    return new SoniError('corrupt', `${what} is damaged (${thrown.message}).`, detail, cause);
  }
  if (code.startsWith('SQLITE_FULL')) {
    const message = `${what} cannot be written: the disk is full. Free some space and run it again.`;
    return new SoniError('no-space', message, detail, cause);
  }
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new SoniError('busy', `${what} is in use by another process.`, detail, cause);
  }
  // 14 is SQLITE_CANTOPEN; libsql gives it as words when the file is opened.
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code) || /ConnectionFailed.*: 14"/.test(thrown.message)) {
    const message = `${what} cannot be opened for writing. Check the rights of the folder, or choose another one.`;
    return new SoniError('denied', message, detail, cause);
  }
  return new SoniError('internal', `${what}: ${thrown.message}`, detail, cause);
}
