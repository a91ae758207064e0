import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { neutralStrip } from '../audio/strip/neutral.ts';
import type { MixPlan } from '../contracts/mixPlan.ts';
import { Session } from '../engine/session/session.ts';
import { MixDecisions, firstMixState, type MixState } from './mixDecisions.ts';

const plan = (gainDb: number): MixPlan => ({
  version: 1,
  tracks: ['bass', 'drums'].map((name) => ({
    name,
    role: name,
    strip: { ...neutralStrip(), gainDb },
    moves: [],
  })),
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: -20, truePeakDb: -3 },
  after: { integratedLufs: -20, truePeakDb: -3 },
  reference: null,
});

const at = (strength: number, applied = false): MixState => ({
  choice: { strength, skipped: [] },
  applied,
  faders: null,
});

describe('the decisions about a mix', () => {
  let folder: string;
  let decisions: MixDecisions;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sonidesk-decisions-'));
    decisions = new MixDecisions(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('start where nothing was done', async () => {
    expect(await decisions.history(plan(-3))).toEqual({ ...firstMixState, canUndo: false, canRedo: false });
    expect(await decisions.undo(plan(-3))).toBeNull();
  });

  it('are undone and redone in turn, by whoever opens the folder', async () => {
    await decisions.take(plan(-3), at(0.5), 'half');
    await decisions.take(plan(-3), at(0.5, true), 'given');
    const other = new MixDecisions(folder);
    expect(await other.history(plan(-3))).toEqual({ ...at(0.5, true), canUndo: true, canRedo: false });
    expect(await other.undo(plan(-3))).toEqual({ ...at(0.5), canUndo: true, canRedo: true });
    expect(await decisions.undo(plan(-3))).toEqual({ ...at(1), canUndo: false, canRedo: true });
    expect(await decisions.redo(plan(-3))).toMatchObject(at(0.5));
    expect(await decisions.redo(plan(-3))).toEqual({ ...at(0.5, true), canUndo: true, canRedo: false });
  });

  it('forget what was taken back when something else is decided', async () => {
    await decisions.take(plan(-3), at(0.5), 'half');
    await decisions.take(plan(-3), at(1), 'whole');
    await decisions.undo(plan(-3));
    await decisions.undo(plan(-3));
    await decisions.take(plan(-3), at(0.8), 'most');
    expect(await decisions.redo(plan(-3))).toBeNull();
    await decisions.undo(plan(-3));
    expect(await decisions.redo(plan(-3))).toMatchObject(at(0.8));
  });

  it('keep the strip of every track before and after in the list of the session', async () => {
    await decisions.take(plan(-4), at(0.5, true), 'given');
    await decisions.undo(plan(-4));
    const session = await Session.open(join(folder, 'session'));
    try {
      const listed = session.decisions.list();
      expect(listed).toHaveLength(2);
      expect(listed[0]).toMatchObject({
        reason: 'given',
        state: 'undone',
        before: { about: 'mix', value: { strip: { gainDb: -4 } } },
        after: { about: 'mix', value: { strip: { gainDb: -2 } } },
      });
    } finally {
      session.close();
    }
  });

  it('of an earlier suggestion do not count', async () => {
    await decisions.take(plan(-3), at(0.5), 'half');
    expect(await decisions.history(plan(2))).toEqual({ ...firstMixState, canUndo: false, canRedo: false });
    expect(await decisions.undo(plan(2))).toBeNull();
    expect((await decisions.history(plan(-3))).canUndo).toBe(true);
  });
});
