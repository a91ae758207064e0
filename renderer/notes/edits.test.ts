import { describe, expect, it } from 'vitest';
import type { DeskNote } from '../../main/contracts/desk.ts';
import { noShift, shiftEdit } from './edits.ts';
import { layoutRows, rowAt, rowOf } from './rows.ts';

const note = (id: string, stem: string, onset: number, pitch: number): DeskNote => ({
  id,
  stem,
  onset,
  offset: onset + 0.5,
  pitch,
  velocity: 100,
  confidence: 0.9,
});
const notes = [note('a', 'bass', 0.2, 40), note('b', 'bass', 1, 43), note('c', 'drums', 1, 36)];
const layout = layoutRows(notes, ['bass', 'drums']);
const edited = (ids: string[], change: Partial<typeof noShift>) => {
  const edit = shiftEdit(notes, new Set(ids), { ...noShift, ...change }, layout);
  return edit.type === 'change' ? edit.notes : [];
};

describe('rows of the piano roll', () => {
  it('put drums under the pitches, by their General MIDI names', () => {
    const names = layout.rows.filter(({ isDrum }) => isDrum).map(({ label }) => label);
    expect(names).toContain('Bass Drum 1');
    expect(names).toContain('Closed Hi-Hat');
    expect(names.at(-1)).toBe('Bass Drum 1');
    expect(rowOf(layout, notes[0]!)?.label).toBe('E2');
    expect(rowOf(layout, notes[2]!)?.label).toBe('Bass Drum 1');
  });

  it('are found by height', () => {
    for (const row of layout.rows) expect(rowAt(layout, row.top + row.height / 2)).toBe(row);
    expect(rowAt(layout, 0)).toBe(layout.rows[0]);
    expect(rowAt(layout, 1)).toBe(layout.rows.at(-1));
  });
});

describe('edits', () => {
  it('move notes together, none before the start', () => {
    expect(edited(['a', 'b'], { seconds: -0.5 }).map(({ onset }) => onset)).toEqual([0, 0.8]);
    expect(edited(['a'], { rows: 12 })[0]?.pitch).toBe(52);
  });

  it('step drums from instrument to instrument', () => {
    expect(edited(['c'], { rows: 1 })[0]?.pitch).toBe(38);
    expect(edited(['c'], { rows: -3 })[0]?.pitch).toBe(36);
  });

  it('move one end only, and keep something of the note', () => {
    expect(edited(['b'], { seconds: 0.25, edge: 'end' })[0]).toMatchObject({ onset: 1, offset: 1.75 });
    expect(edited(['b'], { seconds: -9, edge: 'end' })[0]?.offset).toBeCloseTo(1.02);
    expect(edited(['b'], { seconds: 9, edge: 'start' })[0]?.onset).toBeCloseTo(1.48);
  });

  it('keep velocity within MIDI', () => {
    expect(edited(['a'], { velocity: 100 })[0]?.velocity).toBe(127);
    expect(edited(['a'], { velocity: -200 })[0]?.velocity).toBe(1);
  });
});
