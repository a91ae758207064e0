import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lastLine, runCli, type CliResult } from './runCli.ts';
import { importTinyPack } from './tinyPack.ts';
import { tone, wave } from './waveFiles.ts';

let prepared: string;
let home: string;
beforeAll(async () => {
  prepared = await mkdtemp(join(tmpdir(), 'sonidesk-packs-prepared-'));
  await importTinyPack(prepared);
});
afterAll(async () => {
  await rm(prepared, { recursive: true, force: true });
});
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-packs-'));
  await cp(prepared, home, { recursive: true });
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const cli = (...args: string[]): Promise<CliResult> => runCli(args, { home });
const installed = (): string => join(home, 'packs', 'tiny');

interface Manifest {
  format: number;
  id: string;
  licence: { id: string; text: string; mustAccept: boolean };
  files: { sha256: string }[];
  model: { inputs: { name: string }[] };
}

/** A copy of the tiny pack beside the home, under the name `mine`, its manifest changed. */
async function changedPack(change: (manifest: Manifest) => void): Promise<string> {
  const folder = join(home, 'mine');
  await cp(installed(), folder, { recursive: true });
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  manifest.id = 'mine';
  change(manifest);
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  return folder;
}

/** What adding a pack came to: the exit code, the last line of stderr, the packs installed afterwards. */
async function adding(folder: string): Promise<{ code: number | null; packs: string[]; why: string }> {
  const { code, stderr } = await cli('packs', 'add', folder);
  return { code, packs: await readdir(join(home, 'packs')), why: lastLine(stderr) };
}

describe('packs', () => {
  it('are listed, verified, tested and removed', async () => {
    const { stdout } = await cli('packs', 'list', '--json');
    expect(JSON.parse(stdout)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'tiny', state: 'installed' }),
        expect.objectContaining({ id: 'htdemucs', state: 'not installed', mustAccept: true }),
      ]),
    );
    expect(await cli('packs', 'verify', 'tiny')).toMatchObject({ code: 0, stdout: 'tiny is whole.\n' });
    const verified = await cli('packs', 'verify', 'tiny', '--json');
    expect(JSON.parse(verified.stdout)).toEqual({ id: 'tiny', whole: true });
    const tested = JSON.parse((await cli('packs', 'test', 'tiny', '--json')).stdout) as { reports: object[] };
    expect(tested.reports).toContainEqual(expect.objectContaining({ provider: 'cpu', usable: true }));
    const removed = await cli('packs', 'remove', 'tiny', '--json');
    expect(JSON.parse(removed.stdout)).toEqual({ id: 'tiny', removed: true });
    expect(await cli('packs', 'verify', 'tiny')).toMatchObject({ code: 2 });
  });

  it.each<[string, (manifest: Manifest) => void, RegExp]>([
    ['with a wrong hash', (manifest) => (manifest.files[0]!.sha256 = 'a'.repeat(64)), /SHA-256|hash/],
    ['whose graph lacks a tensor', (manifest) => (manifest.model.inputs[0]!.name = 'absent'), /absent/],
    ['of a newer format', (manifest) => (manifest.format = 99), /format 99.*Update SoniDesk/],
  ])('%s are refused and not installed', async (_, change, message) => {
    const { code, packs, why } = await adding(await changedPack(change));
    expect({ code, packs }).toEqual({ code: 2, packs: ['tiny'] });
    expect(why).toMatch(message);
  });

  it('that were damaged later are found out, and not run', async () => {
    const file = join(installed(), 'model.onnx');
    const bytes = await readFile(file);
    bytes[bytes.length - 20]! ^= 0xff;
    await writeFile(file, bytes);
    const verified = await cli('packs', 'verify', 'tiny');
    expect(verified.code).toBe(2);
    expect(lastLine(verified.stderr)).toMatch(/model\.onnx/);
    const source = join(home, 'song.wav');
    await writeFile(source, wave(20_000, tone));
    const output = join(home, 'stems');
    const split = await cli('split', source, '-o', output, '--pack', 'tiny');
    expect(split.code).toBe(2);
    expect(lastLine(split.stderr)).toMatch(/model\.onnx/);
    expect(await readdir(output).catch(() => [])).toEqual([]);
  });

  it('show a licence that must be accepted, and wait for the word', async () => {
    const folder = await changedPack((manifest) => {
      manifest.licence = { id: 'LicenseRef-test', text: 'Only on Sundays.', mustAccept: true };
    });
    const asked = await cli('packs', 'add', folder);
    expect(asked).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stderr).toContain('Only on Sundays.');
    expect(lastLine(asked.stderr)).toContain('--accept-licence');
    const accepted = await cli('packs', 'add', folder, '--accept-licence', '--json');
    expect(accepted.code).toBe(0);
    expect(accepted.stderr).toContain('Only on Sundays.');
    expect(accepted.stderr).toContain('Accepted by --accept-licence');
    expect(JSON.parse(accepted.stdout)).toMatchObject({ id: 'mine', directory: join(home, 'packs', 'mine') });
  });

  it('that are missing are named with the command that installs them; nothing is fetched unasked', async () => {
    const source = join(home, 'song.wav');
    await writeFile(source, wave(20_000, tone));
    const { code, stderr } = await cli('split', source, '-o', join(home, 'stems'));
    expect(code).toBe(2);
    expect(lastLine(stderr)).toContain('sonidesk packs add htdemucs --accept-licence');
  });

  it('do not come without npm and without a mirror: exit code 2, what to do', async () => {
    const { code, stderr } = await cli('packs', 'add', 'basic-pitch');
    expect(code).toBe(2);
    expect(lastLine(stderr)).toMatch(/npm/);
  });

  it('of no known name are answered with the known ones', async () => {
    await mkdir(join(home, 'packs'), { recursive: true });
    const { code, stderr } = await cli('packs', 'add', 'nonsense');
    expect(code).toBe(2);
    expect(lastLine(stderr)).toMatch(/basic-pitch.*htdemucs/);
  });
});
