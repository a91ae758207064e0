import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runResult } from '../../main/contracts/workflows.ts';

const program = fileURLToPath(new URL('../../dist/demo.js', import.meta.url));

it('the demo works without any pack and without network, and says how near it came', async () => {
  const home = await mkdtemp(join(tmpdir(), 'sonidesk-demo-'));
  try {
    const output = join(home, 'out');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [program, '-o', output, '--without-htdemucs', '--offline'],
      { encoding: 'utf8', env: { ...process.env, SONIDESK_HOME: home, SONIDESK_NPM: 'no-npm-in-tests' } },
    );
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const run = runResult.parse(JSON.parse(await readFile(join(output, 'run.json'), 'utf8')));
    expect(run.tracks.map((track) => track.name)).toContain('vocals');
    for (const name of ['report.html', 'mix.json', 'mix.wav', 'tags.json', 'features.png']) {
      expect(stdout).toContain(join(output, name));
      expect(existsSync(join(output, name))).toBe(true);
    }
    // The song is at 108 BPM in G major, and plainly so.
    expect(Math.abs(run.tags.tempo!.bpm - 108)).toBeLessThan(1);
    expect(run.tags.key).toMatchObject({ tonic: 'G', mode: 'major' });
    expect(stdout).toMatch(/tempo .* of 108 BPM/);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
