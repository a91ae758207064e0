import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dawTests } from './dawTests.ts';

describe('the test of each DAW', () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'sonidesk-daws-'));
    await mkdir(join(home, 'bin'));
    await writeFile(join(home, 'bin', 'ardour7'), '');
    await writeFile(join(home, 'bin', 'ardour7-lua'), '');
  });
  afterEach(() => rm(home, { recursive: true, force: true }));
  const machine = () => ({ platform: 'linux' as const, env: { PATH: join(home, 'bin') }, home });
  const ardour = (connections: Parameters<typeof dawTests>[0]) =>
    dawTests(connections, machine()).find(({ name }) => name === 'DAW Ardour');

  it('says which folders it looks into when the plugin is in none, and what to do', () => {
    expect(ardour(null)).toMatchObject({ status: 'warn' });
    expect(ardour(null)!.found).toContain(join(home, '.vst3'));
    expect(ardour(null)!.fix).toMatch(/^Copy SoniDesk\.lv2 to .*\.lv2, then .*Re-scan/);
  });

  it('finds the plugin where that DAW finds it', async () => {
    await mkdir(join(home, '.lv2', 'SoniDesk.lv2'), { recursive: true });
    expect(ardour([])).toMatchObject({ status: 'ok', fix: null });
    expect(ardour([])!.found).toContain(`${join(home, 'bin', 'ardour7')}; it finds ${join(home, '.lv2')}`);
    expect(ardour([])!.found).toContain('no track of it is connected');
    expect(ardour(null)!.found).toContain('nobody serves plugins');
  });

  it('names the tracks that are connected', () => {
    const connections = [{ name: 'Kick', host: 'Ardour', format: 'LV2' }];
    expect(ardour(connections)).toMatchObject({ status: 'ok' });
    expect(ardour(connections)!.found).toContain('connected: Kick (LV2)');
  });

  it('names what is not there, of what runs on this system', () => {
    const away = dawTests(null, machine()).find(({ name }) => name === 'DAWs not found')!.found;
    expect(away).toContain('Qtractor');
    expect(away).not.toContain('Live');
    expect(away).not.toContain('Ardour');
  });

  it('finds programs as other systems keep them', async () => {
    const app = join(home, 'Applications', 'Ableton Live 12 Suite.app');
    await mkdir(app, { recursive: true });
    const [live] = dawTests(null, { platform: 'darwin', env: {}, home }).filter(({ name }) =>
      /Live/.test(name),
    );
    expect(live!.found).toContain(app);
  });
});
