import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CompChoices } from '../../main/engine/session/compChoices.ts';
import { Session } from '../../main/engine/session/session.ts';
import { ServingCli } from '../support/servingCli.ts';
import { runCli } from './runCli.ts';

it('decisions without a song are the takes that were chosen in the session that is being served', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sonidesk-choices-'));
  const folder = join(home, 'session');
  const session = await Session.open(folder);
  session.tracks.put({ id: 'a', name: 'Bass', position: 0, source: null });
  const made = new CompChoices(session);
  const [track] = session.tracks.list();
  await made.choose(track!, { takeId: 'first', start: 0, end: 100 }, 'Take 1 of Bass from 0.0 s to 2.0 s');
  await made.choose(track!, { takeId: 'second', start: 10, end: 20 }, 'Take 2 of Bass from 0.2 s to 0.4 s');
  session.close();
  const cli = (...args: string[]) => runCli(['decisions', ...args], { home, env: ServingCli.env(home) });
  try {
    const alone = await cli();
    expect(alone.code).not.toBe(0);
    expect(alone.stderr).toContain('sonidesk serve');
    const serving = await ServingCli.start(home, folder);
    try {
      expect((await cli()).stdout.trim().split('\n')).toEqual([
        'applied  comp   Take 1 of Bass from 0.0 s to 2.0 s',
        'applied  comp   Take 2 of Bass from 0.2 s to 0.4 s',
      ]);
      const states = async (...args: string[]) =>
        (JSON.parse((await cli('--json', ...args)).stdout) as { state: string }[]).map(({ state }) => state);
      expect(await states('--undo')).toEqual(['applied', 'undone']);
      expect(await serving.event('takes-chosen')).toMatchObject({
        reason: expect.stringContaining('Take 2'),
      });
      expect(await states('--redo')).toEqual(['applied', 'applied']);
      expect((await cli('--redo')).stderr).toContain('nothing to redo');
      expect((await cli('--about', 'mix')).code).toBe(2);
    } finally {
      await serving.end();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
