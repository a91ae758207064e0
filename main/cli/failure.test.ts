import { CommanderError } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SoniError } from '../contracts/errors.ts';
import { reportFailure } from './failure.ts';

const report = (thrown: unknown): { code: number; text: string } => {
  let text = '';
  const code = reportFailure(thrown, (part) => (text += part));
  return { code, text };
};

afterEach(() => vi.unstubAllEnvs());

describe('reportFailure', () => {
  it('prints one line and the code of the kind', () => {
    expect(report(new SoniError('bad-input', 'song.wav is empty.'))).toEqual({
      code: 2,
      text: 'sonidesk: song.wav is empty.\n',
    });
    expect(report(new SoniError('no-space', 'The disk is full.')).code).toBe(1);
    expect(report(new DOMException('aborted', 'AbortError'))).toEqual({
      code: 130,
      text: 'sonidesk: Cancelled.\n',
    });
  });

  it('keeps to one line whatever the file is called', () => {
    const { text } = report(new SoniError('bad-input', 'a\nb.wav is empty.'));
    expect(text).toBe('sonidesk: a\\nb.wav is empty.\n');
  });

  it('shows a stack only when asked', () => {
    const error = new TypeError('x is not a function');
    expect(report(error).text).toBe(
      'sonidesk: x is not a function (a fault of SoniDesk; SONIDESK_DEBUG=1 shows where)\n',
    );
    vi.stubEnv('SONIDESK_DEBUG', '1');
    expect(report(error).text).toContain('failure.test.ts');
  });

  it('gives 2 for wrong usage, 0 for help', () => {
    expect(report(new CommanderError(1, 'commander.unknownOption', 'unknown option')).code).toBe(2);
    expect(report(new CommanderError(0, 'commander.helpDisplayed', '(outputHelp)')).code).toBe(0);
  });
});
