import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pluginFindings, pluginKinds } from './plugins.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-plugins-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

it('finds the plugin where the user keeps plugins, and says where it looked for the others', async () => {
  await mkdir(join(home, '.lv2', 'SoniDesk.lv2'), { recursive: true });
  const [lv2, vst3] = pluginFindings('linux', {}, home);
  expect(lv2).toMatchObject({ name: 'plugin LV2', status: 'ok' });
  expect(lv2!.found).toContain(join(home, '.lv2'));
  expect(vst3).toMatchObject({ name: 'plugin VST3', status: 'warn' });
  expect(vst3!.found).toContain(join(home, '.vst3'));
  expect(vst3!.fix).toContain('build:plugin');
});

it('looks in the folders of the environment first', async () => {
  const mine = join(home, 'mine');
  await mkdir(join(mine, 'SoniDesk.clap'), { recursive: true });
  const found = pluginFindings('linux', { CLAP_PATH: mine }, home);
  expect(found.find(({ name }) => name === 'plugin CLAP')).toMatchObject({ status: 'ok' });
});

it('knows the folders of every system', () => {
  for (const platform of ['linux', 'darwin', 'win32'] as const) {
    const kinds = pluginKinds(platform, {}, home);
    expect(kinds.map(({ format }) => format)).toContain('VST3');
    expect(kinds.every(({ folders }) => folders.length >= 2)).toBe(true);
  }
});
