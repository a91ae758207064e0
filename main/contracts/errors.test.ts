import { describe, expect, it } from 'vitest';
import { SoniError, asSoniError, errorKinds, exitCode } from './errors.ts';

describe('SoniError', () => {
  it('survives the trip over a process border', () => {
    const error = new SoniError('bad-input', 'The file is empty.', { path: 'a.wav' });
    const back = SoniError.fromPayload(JSON.parse(JSON.stringify(error.toPayload())));
    expect(back).toMatchObject({
      kind: 'bad-input',
      message: 'The file is empty.',
      detail: { path: 'a.wav' },
    });
  });

  it('makes `cancelled` of an abort and `internal` of anything unknown', () => {
    expect(asSoniError(new DOMException('aborted', 'AbortError')).kind).toBe('cancelled');
    expect(asSoniError('boom')).toMatchObject({ kind: 'internal', message: 'boom' });
  });

  it('gives every kind an exit code', () => {
    for (const kind of errorKinds) expect([1, 2, 130]).toContain(exitCode(kind));
    expect(exitCode('cancelled')).toBe(130);
    expect(exitCode('bad-input')).toBe(2);
  });
});
