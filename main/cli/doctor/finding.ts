/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** What to do about it; null when nothing is to be done. */
  readonly fix: string | null;
}

export const ok = (name: string, found: string): Finding => ({ name, status: 'ok', found, fix: null });
export const warn = (name: string, found: string, fix: string): Finding => ({
  name,
  status: 'warn',
  found,
  fix,
});
export const fail = (name: string, found: string, fix: string): Finding => ({
  name,
  status: 'fail',
  found,
  fix,
});
