import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SoniError } from '../contracts/errors.ts';
import { resumable, type Archive, type Checkpoint } from './checkpoint.ts';

let folder: string;
beforeEach(async () => {
  vi.stubEnv('SONIDESK_CHECKPOINT_MS', '0');
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-checkpoint-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Adds up 1 to 10 and dies behind `dieAt`. */
async function sum(checkpoint: Checkpoint, dieAt: number, seen: number[] = []): Promise<number> {
  let at = 0;
  const total = new Float64Array(1);
  const state = (archive: Archive) => {
    at = archive.pass(at);
    archive.inPlace(total);
  };
  checkpoint.restore(state);
  while (at < 10) {
    at++;
    total[0]! += at;
    seen.push(at);
    await checkpoint.tick(state);
    if (at === dieAt) throw new Error('died');
  }
  return total[0]!;
}

describe('resumable', () => {
  it('goes on behind the last tick and leaves nothing', async () => {
    const seen: number[] = [];
    await expect(resumable(folder, 'sum', (checkpoint) => sum(checkpoint, 4))).rejects.toThrow('died');
    expect(await readdir(folder)).toEqual(['state.checkpoint']);
    await writeFile(join(folder, 'state.checkpoint.17-dead.partial'), 'half');
    expect(await resumable(folder, 'sum', (checkpoint) => sum(checkpoint, 0, seen))).toBe(55);
    expect(seen).toEqual([5, 6, 7, 8, 9, 10]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('does not do finished steps again, and goes on in the middle of the next', async () => {
    const ran: string[] = [];
    const work = (dieAt: number) =>
      resumable(folder, 'steps', async (checkpoint) => {
        const first = await checkpoint.step(async () => {
          ran.push('first');
          return { values: Float32Array.of(0.1, Number.NaN), none: -Infinity };
        });
        const second = await checkpoint.step(() => sum(checkpoint, dieAt));
        return { first, second };
      });
    await expect(work(7)).rejects.toThrow('died');
    expect(await work(0)).toEqual({
      first: { values: Float32Array.of(0.1, Number.NaN), none: -Infinity },
      second: 55,
    });
    expect(ran).toEqual(['first']);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['other work', async () => 'another'],
    [
      'damage',
      async () => {
        const path = join(folder, 'state.checkpoint');
        await writeFile(path, (await readFile(path)).subarray(0, 20));
        return 'sum';
      },
    ],
  ])('begins again after %s', async (_what, change) => {
    await expect(resumable(folder, 'sum', (checkpoint) => sum(checkpoint, 4))).rejects.toThrow('died');
    const seen: number[] = [];
    const identity = await change();
    expect(await resumable(folder, identity, (checkpoint) => sum(checkpoint, 0, seen))).toBe(55);
    expect(seen[0]).toBe(1);
  });

  it('begins again when the state is of another form, or the files beside it are gone', async () => {
    await expect(resumable(folder, 'sum', (checkpoint) => sum(checkpoint, 4))).rejects.toThrow('died');
    const lives: boolean[] = [];
    await resumable(folder, 'sum', async (checkpoint) => {
      lives.push(checkpoint.found);
      checkpoint.restore((archive) => void archive.pass('text'));
    });
    expect(lives).toEqual([true, false]);

    await expect(resumable(folder, 'sum', (checkpoint) => sum(checkpoint, 4))).rejects.toThrow('died');
    const gone = resumable(folder, 'sum', async (checkpoint) => {
      if (checkpoint.found) throw new SoniError('not-found', 'The growing file is gone.');
      return 'anew';
    });
    expect(await gone).toBe('anew');
  });

  it('passes errors of the work on', async () => {
    const missing = new SoniError('not-found', 'No such input.');
    await expect(resumable(folder, 'x', () => Promise.reject(missing))).rejects.toBe(missing);
  });

  it.each([
    ['long', 1500, 'sssss'],
    ['not so long', 900, '.s.s.s.s'],
    ['short', 150, '............s.'],
  ])('never puts more than one block or two seconds at risk: %s blocks', async (_what, blockMs, expected) => {
    vi.stubEnv('SONIDESK_CHECKPOINT_MS', undefined);
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      await resumable(folder, 'blocks', async (checkpoint) => {
        let seen = '';
        while (seen.length < expected.length) {
          vi.advanceTimersByTime(blockMs);
          let saved = false;
          await checkpoint.tick(() => void (saved = true));
          seen += saved ? 's' : '.';
        }
        expect(seen).toBe(expected);
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('saves seldom when saving is not asked for at every tick', async () => {
    vi.stubEnv('SONIDESK_CHECKPOINT_MS', '1000000');
    await expect(resumable(folder, 'sum', (checkpoint) => sum(checkpoint, 4))).rejects.toThrow('died');
    expect(await readdir(folder)).toEqual([]);
  });
});
