import { mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { featuresResult } from '../../main/contracts/workflows.ts';
import { TensorFile } from '../../main/platform/safetensors/tensorFile.ts';
import { lastLine, runCli } from './runCli.ts';
import { tone, wave } from './waveFiles.ts';

let home: string;
let source: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-features-'));
  source = join(home, 'song.wav');
  await writeFile(source, wave(48_000, tone, { channels: 2 }));
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('features', () => {
  it('of a fresh install are there without a download, as safetensors, drawn, the same from the cache', async () => {
    const output = join(home, 'out', 'all.safetensors');
    const plot = join(home, 'out', 'all.png');
    const { code, stdout, stderr } = await runCli(
      ['features', source, '-o', output, '--plot', plot, '--json', '--quiet'],
      { home },
    );
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const result = featuresResult.parse(JSON.parse(stdout));
    expect(result).toMatchObject({ pack: 'sonido-s', output, stored: false });
    const file = await TensorFile.read(output);
    expect(file.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape }))).toEqual(
      result.tensors.map(({ name, dtype, shape }) => ({ name, dtype, shape })),
    );
    expect(result.tensors.map(({ name }) => name)).toEqual([
      'tokens.coarse',
      'tokens.medium',
      'tokens.fine',
      'clip',
      'features.coarse',
      'features.medium',
      'features.fine',
    ]);
    expect(file.metadata).toMatchObject({ pack: 'sonido-s', 'features.fine.rate_hz': '344.53125' });
    const states = await file.rows('features.fine', 0, Infinity);
    expect(states.every(Number.isFinite) && states.some((value) => value !== 0)).toBe(true);
    await file.close();
    expect((await readFile(plot)).subarray(1, 4).toString()).toBe('PNG');
    expect((await readdir(join(home, 'out'))).sort()).toEqual(['all.png', 'all.safetensors']);

    const again = join(home, 'again.safetensors');
    const cached = await runCli(['features', source, '-o', again, '--json', '--quiet'], { home });
    // The time of the first run: nothing was computed.
    expect(JSON.parse(cached.stdout)).toEqual({ ...result, stored: true, output: again });
    expect((await readFile(again)).equals(await readFile(output))).toBe(true);
    const told = await runCli(['features', source, '-o', again, '--quiet'], { home });
    expect(lastLine(told.stdout)).toMatch(/real time when it was computed; now taken from the cache$/);
  }, 120_000);

  it('are those of the wanted levels, and nothing is kept without the cache', async () => {
    const fresh = await mkdtemp(join(home, 'fresh-'));
    const output = join(fresh, 'coarse.safetensors');
    const args = ['features', source, '-o', output, '--levels', 'coarse', '--no-cache', '--quiet'];
    const { code, stdout } = await runCli(args, { home: fresh });
    expect(code).toBe(0);
    expect(stdout).toContain('features.coarse');
    const file = await TensorFile.read(output);
    expect(file.tensors.map(({ name }) => name)).toEqual(['tokens.coarse', 'clip', 'features.coarse']);
    expect(Object.keys(file.metadata).filter((key) => key.includes('fine'))).toEqual([]);
    await file.close();
    const kept = await readdir(join(fresh, 'cache', 'sessions')).catch(() => []);
    expect(kept).toEqual([]);
    const both = await runCli([...args, '--session', join(fresh, 'session')], { home: fresh });
    expect(both.code).toBe(2);
    expect(lastLine(both.stderr)).toContain('give one of them');
  }, 120_000);

  it('are drawn over nothing that is read, and nowhere but into a PNG file', async () => {
    const output = join(home, 'there.safetensors');
    await writeFile(output, 'of another song');
    const song = await readFile(source);
    const link = join(home, 'link.png');
    await symlink(source, link);
    const linkToOutput = join(home, 'linkToOutput.png');
    await symlink(output, linkToOutput);
    const refused = [
      { plot: source, says: 'ends in .png' },
      { plot: link, says: 'would overwrite the file that is being read' },
      { plot: linkToOutput, says: 'would overwrite the file that is being read' },
      { plot: join(source, 'under.png'), says: 'is a file; a folder was expected there' },
    ];
    for (const { plot, says } of refused) {
      const { code, stderr } = await runCli(['features', source, '-o', output, '--plot', plot], { home });
      expect({ plot, code }).toEqual({ plot, code: 2 });
      expect(stderr).toContain(says);
    }
    expect(await readFile(source)).toEqual(song);
    expect(await readFile(output, 'utf8')).toBe('of another song');
  }, 60_000);

  it('are written over no audio file whose name was mistyped', async () => {
    const song = await readFile(source);
    const { code, stderr } = await runCli(['features', join(home, 'other.wav'), '-o', source], { home });
    expect(code).toBe(2);
    expect(lastLine(stderr)).toContain(`${source} was given; a file name that ends in .safetensors`);
    expect(await readFile(source)).toEqual(song);
  });
});
