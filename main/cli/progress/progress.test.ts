import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlainLines } from './plainLines.ts';
import { progressDisplay } from './progressDisplay.ts';
import { TerminalBar, bar } from './terminalBar.ts';
import { timeLeft } from './wording.ts';

function recorded(): { lines: string[]; display: PlainLines } {
  const lines: string[] = [];
  return { lines, display: new PlainLines((line) => lines.push(line)) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('PlainLines', () => {
  it('prints at most one line a second', () => {
    const { lines, display } = recorded();
    for (let i = 0; i < 1000; i++) {
      display.update({ label: 'Separating a.wav', fraction: i / 1000, etaSeconds: 5 });
      vi.advanceTimersByTime(10);
    }
    expect(lines.length).toBeGreaterThanOrEqual(9);
    expect(lines.length).toBeLessThanOrEqual(11);
    expect(lines[0]).toBe('  0 %  Separating a.wav (0:05 left)');
  });

  it('prints what came too soon when its second is over, and nothing without news', () => {
    const { lines, display } = recorded();
    display.update({ label: 'Reading', fraction: 0, etaSeconds: null });
    display.update({ label: 'Separating', fraction: 0.1, etaSeconds: null });
    display.update({ label: 'Separating', fraction: 0.2, etaSeconds: null });
    vi.advanceTimersByTime(5000);
    display.update({ label: 'Separating', fraction: 0.201, etaSeconds: null });
    expect(lines).toEqual(['  0 %  Reading', ' 20 %  Separating']);
    display.update({ label: 'Separating', fraction: 0.3, etaSeconds: null });
    display.update({ label: 'Separating', fraction: 0.4, etaSeconds: null });
    display.end();
    vi.advanceTimersByTime(5000);
    expect(lines).toHaveLength(3);
  });

  it('shows control characters of file names instead of obeying them', () => {
    const { lines, display } = recorded();
    display.update({ label: 'Reading a\nb\u001b[2J.wav', fraction: 0, etaSeconds: null });
    expect(lines).toEqual(['  0 %  Reading a\\nb\\u001b[2J.wav']);
  });

  it('says a note once', () => {
    const { lines, display } = recorded();
    const progress = { label: 'x', fraction: 0, etaSeconds: null, note: 'Using the CPU.' };
    display.update(progress);
    display.update(progress);
    expect(lines.filter((line) => line === 'Using the CPU.')).toHaveLength(1);
  });

  it('says notes, and nothing else, when it is to be quiet', () => {
    const written: string[] = [];
    const stream = { isTTY: true, write: (text: string) => written.push(text) };
    const display = progressDisplay(stream as unknown as NodeJS.WriteStream, true);
    display.update({ label: 'Reading', fraction: 0.1, etaSeconds: 5 });
    display.update({ label: 'Reading', fraction: 0.2, etaSeconds: 5, note: 'The file was cut off.' });
    display.update({ label: 'Reading', fraction: 0.3, etaSeconds: 5, note: 'The file was cut off.' });
    vi.advanceTimersByTime(5000);
    display.end();
    expect(written).toEqual(['The file was cut off.\n']);
  });

  it('says a note before anything has begun without an empty line of progress', () => {
    const { lines, display } = recorded();
    display.update({ label: '', fraction: 0, etaSeconds: null, note: 'Waiting.' });
    expect(lines).toEqual(['Waiting.']);
  });
});

describe('TerminalBar', () => {
  it('never wraps: the label is cut to the width of the terminal', () => {
    let written = '';
    const stream = {
      columns: 60,
      write: (text: string) => (written += text),
    } as unknown as NodeJS.WriteStream;
    new TerminalBar(stream).update({ label: 'x'.repeat(200), fraction: 0.5, etaSeconds: 61 });
    expect(written.replace('\r\u001b[K', '').length).toBeLessThanOrEqual(60);
    expect(written).toContain('50 %  1:01 left');
  });

  it('fills from empty to full', () => {
    expect(bar(0)).toBe('░'.repeat(24));
    expect(bar(1)).toBe('█'.repeat(24));
    expect(bar(0.5)).toBe('█'.repeat(12) + '░'.repeat(12));
    for (let i = 0; i <= 200; i++) expect(bar(i / 200)).toHaveLength(24);
  });
});

describe('timeLeft', () => {
  it('rounds up and knows hours', () => {
    expect([0.2, 59.5, 60, 3599, 3725].map(timeLeft)).toEqual(['0:01', '1:00', '1:00', '59:59', '1:02:05']);
  });
});
