import { SoniError, asSoniError, type ErrorKind } from '../contracts/errors.ts';

const kinds: Record<string, { kind: ErrorKind; why: string }> = {
  ENOENT: { kind: 'not-found', why: 'there is no such file or folder' },
  EACCES: { kind: 'denied', why: 'permission was denied; check the rights of the file and its folder' },
  EPERM: { kind: 'denied', why: 'the operating system does not permit it' },
  EROFS: { kind: 'denied', why: 'the disk is read-only; choose another folder' },
  ENOSPC: { kind: 'no-space', why: 'the disk is full; free some space and run it again' },
  EDQUOT: { kind: 'no-space', why: 'the disk quota is used up; free some space and run it again' },
  EISDIR: { kind: 'bad-input', why: 'it is a folder, a file was expected' },
  ENOTDIR: { kind: 'bad-input', why: 'a part of the path is a file, a folder was expected' },
  EEXIST: { kind: 'bad-input', why: 'it exists already; remove it or choose another name' },
  ENAMETOOLONG: { kind: 'bad-input', why: 'the name is too long for this disk' },
  EMFILE: { kind: 'internal', why: 'too many files are open' },
};

/** A file-system error as a SoniError that says what was being done and what to do; other errors pass through `asSoniError`. */
export function fileError(thrown: unknown, doing: string): SoniError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : undefined;
  const known = code === undefined ? undefined : kinds[code];
  if (known === undefined || thrown instanceof SoniError) return asSoniError(thrown);
  return new SoniError(known.kind, `Cannot ${doing}: ${known.why}.`, { code }, { cause: thrown });
}
