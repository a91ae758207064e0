import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, runCli } from './runCli.ts';
import { smallDisk } from './smallDisk.ts';
import { importTinyPack } from './tinyPack.ts';
import { tone, wave } from './waveFiles.ts';

let home: string;
let source: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-outputs-'));
  source = join(home, 'song.wav');
  await writeFile(source, wave(88_200, tone, { channels: 2 }));
  await importTinyPack(home);
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('split', () => {
  it('gives stems and says how, as JSON and nothing but JSON on stdout', async () => {
    const output = join(home, 'stems');
    const { code, stdout } = await runCli(['split', source, '-o', output, '--pack', 'tiny', '--json'], {
      home,
    });
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as {
      stems: { stem: string; file: string }[];
      residualDb: number | null;
    };
    expect(result.stems.map(({ stem }) => stem)).toEqual(['drums', 'vocals']);
    expect(result.residualDb ?? -Infinity).toBeLessThanOrEqual(-120);
    expect((await readdir(output)).sort()).toEqual(['drums.wav', 'split.json', 'vocals.wav']);
  });

  it('refuses a stem that the pack does not know', async () => {
    const output = join(home, 'none');
    const { code, stderr } = await runCli(
      ['split', source, '-o', output, '--pack', 'tiny', '--two-stem', 'banjo'],
      { home },
    );
    expect(code).toBe(2);
    expect(lastLine(stderr)).toMatch(/no stem "banjo"; it has: drums, vocals/);
  });
});

describe('run', () => {
  it('refuses a folder under the name of the report before any work', async () => {
    const output = join(home, 'taken');
    await mkdir(join(output, 'report.html'), { recursive: true });
    const { code, stderr } = await runCli(['run', source, '-o', output], { home });
    expect(code).toBe(2);
    expect(lastLine(stderr)).toContain('report.html is a folder');
    expect(await readdir(output)).toEqual(['report.html']);
  });

  it('of a session ends with all files and a report', async () => {
    const output = join(home, 'session');
    const second = join(home, 'bass.wav');
    await writeFile(
      second,
      wave(88_200, (n) => 0.2 * Math.sin(n * 0.01)),
    );
    const { code, stdout, stderr } = await runCli(['run', source, second, '-o', output], { home });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect((await readdir(output)).sort()).toEqual([
      'mix.json',
      'mix.wav',
      'report.html',
      'run.json',
      'tags.json',
    ]);
    for (const name of ['mix.json', 'mix.wav', 'report.html', 'tags.json'])
      expect(stdout).toContain(join(output, name));
  });
});

describe('a place that cannot be written', () => {
  it('read-only: exit code 2, says so, before any work', async (test) => {
    using disk = smallDisk(64);
    if (disk === null) return test.skip('only a user who may mount can make a folder read-only for root');
    disk.makeReadOnly();
    const output = join(disk.path, 'stems');
    const { code, stdout, stderr } = await runCli(['split', source, '-o', output, '--pack', 'tiny'], {
      home,
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lastLine(stderr)).toMatch(/read-only/);
    expect(stderr).not.toMatch(/Separating/);
  });

  it('full: exit code 1, says so, leaves nothing half-written', async (test) => {
    using disk = smallDisk(256);
    if (disk === null) return test.skip('only a user who may mount can make a full disk');
    const { code, stderr } = await runCli(['split', source, '-o', disk.path, '--pack', 'tiny'], { home });
    expect(code).toBe(1);
    expect(lastLine(stderr)).toMatch(/disk is full/);
    expect(await readdir(disk.path)).toEqual([]);
  });

  it('a full disk under the cache: exit code 1, says so', async (test) => {
    using disk = smallDisk(256);
    if (disk === null) return test.skip('only a user who may mount can make a full disk');
    const { code, stderr } = await runCli(['tag', source], { home: disk.path });
    expect(code).toBe(1);
    expect(lastLine(stderr)).toMatch(/full/);
  });

  it('a file where the folder should be', async () => {
    const { code, stderr } = await runCli(['split', source, '-o', source, '--pack', 'tiny'], { home });
    expect(code).toBe(2);
    expect(lastLine(stderr)).toContain('song.wav');
  });
});
