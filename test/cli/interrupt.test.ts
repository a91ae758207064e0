import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastLine, runCli } from './runCli.ts';
import { importTinyPack } from './tinyPack.ts';
import { tone, wave } from './waveFiles.ts';

let home: string;
let source: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-interrupt-'));
  source = join(home, 'long.wav');
  await writeFile(source, wave(44_100 * 120, tone));
  // Slow enough that two minutes of audio cannot be done before the signal comes.
  await importTinyPack(home, 400);
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

describe('Ctrl-C', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'as %s cancels soon with exit code 130 and leaves no results',
    async (name) => {
      const output = join(home, `stems-${name}`);
      let sent = false;
      const { code, stdout, stderr } = await runCli(['split', source, '-o', output, '--pack', 'tiny'], {
        home,
        onStderr: (text, kill) => {
          if (sent || !text.includes('Separating')) return;
          sent = true;
          kill(name);
        },
      });
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(sent).toBe(true);
      expect(lastLine(stderr)).toMatch(/ancelled/);
      expect(await readdir(output).catch(() => [])).toEqual([]);
    },
  );
});
