import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { scriptedEngines } from '../../../test/support/scriptedEngines.ts';

const { at, engine, started, json } = scriptedEngines();

describe('mixing', () => {
  it('plans and renders a mix', async () => {
    const result = await (
      await engine()
    ).mix({
      tracks: [at('Kick.wav'), at('Bass.wav')],
      reference: at('song.wav'),
      output: at('mix.json'),
      render: at('mix.wav'),
    });
    expect(result.plan.tracks.map(({ name }) => name)).toEqual(['Kick', 'Bass']);
    expect(await json('mix.json')).toMatchObject({ version: 1 });
    expect((await stat(at('mix.wav'))).size).toBe(3 * 4096);
  });

  it('renders a plan that was changed', async () => {
    const made = await engine();
    const tracks = [at('Kick.wav'), at('Bass.wav')];
    const { plan } = await made.mix({ tracks, output: at('mix.json') });
    await started();
    const { file } = await made.render({ tracks, plan, output: at('mix.wav') });
    expect(file).toBe(at('mix.wav'));
    expect((await stat(file)).size).toBeGreaterThan(0);
    expect(await started()).toEqual(['render-mix']);
  });
});
