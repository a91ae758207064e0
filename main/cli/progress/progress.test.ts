import { describe, expect, it } from 'vitest';
import { PlainLines } from './plainLines.ts';
import { TerminalBar, bar } from './terminalBar.ts';
import { timeLeft } from './wording.ts';

function recorded(): { lines: string[]; clock: { now: number }; display: PlainLines } {
  const lines: string[] = [];
  const clock = { now: 0 };
  return {
    lines,
    clock,
    display: new PlainLines(
      (line) => lines.push(line),
      () => clock.now,
    ),
  };
}

describe('PlainLines', () => {
  it('prints at most one line a second and none without news', () => {
    const { lines, clock, display } = recorded();
    for (clock.now = 0; clock.now < 10_000; clock.now += 10)
      display.update({ label: 'Separating a.wav', fraction: clock.now / 10_000, etaSeconds: 5 });
    expect(lines).toHaveLength(10);
    const before = lines.length;
    clock.now += 60_000;
    display.update({ label: 'Separating a.wav', fraction: 0.991, etaSeconds: 1 });
    clock.now += 60_000;
    display.update({ label: 'Separating a.wav', fraction: 0.992, etaSeconds: 1 });
    expect(lines.length - before).toBe(1);
    expect(lines[0]).toBe('  0 %  Separating a.wav (0:05 left)');
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
