import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runCli } from './runCli.ts';

const home = tmpdir();

it('wrong usage ends with exit code 2, and the reason on stderr', async () => {
  expect(await runCli(['split', 'song.wav'], { home })).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr: "sonidesk: required option '-o, --output <folder>' not specified\nSee: sonidesk split --help\n",
  });
});

it.each([
  ['features', 'song.wav', '-o', ''],
  ['split', '', '-o', 'stems'],
])('an empty path is wrong usage: %s', async (...args) => {
  const { code, stderr } = await runCli(args, { home });
  expect(code).toBe(2);
  expect(stderr).toMatch(/ was asked for wrongly; (in|out)put: A path was expected, not an empty text\.\n$/);
});

it.each([['tag', 'song.wav'], ['serve']])(
  'an empty session folder is wrong usage: %s',
  async (...command) => {
    const { code, stderr } = await runCli([...command, '--session', ''], { home });
    expect(code).toBe(2);
    expect(stderr).toContain('The name of a folder was expected.');
  },
);

it('help and version end with exit code 0, on stdout', async () => {
  expect(await runCli(['--help'], { home })).toMatchObject({ code: 0, stderr: '' });
  expect((await runCli(['--version'], { home })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
