import * as fc from 'fast-check';
import { mkdtemp, open, readFile, readdir, rm, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AudioReader, Planar } from '../../audio/audioStream.ts';
import { SoniError } from '../../contracts/errors.ts';
import { resumable } from '../../platform/checkpoint.ts';
import { fileError } from '../../platform/fileError.ts';
import { chunkAt, finishedAfter, planChunks } from './chunkPlan.ts';
import { OverlapAdd } from './overlapAdd.ts';
import { runChunks, type ChunkJob, type ChunkSink, type WindowModel } from './runChunks.ts';

let directory: string;
beforeEach(async () => {
  vi.stubEnv('SONIDESK_CHECKPOINT_MS', '0');
  directory = await mkdtemp(join(tmpdir(), 'sonidesk-chunks-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

const signal = (frames: number, channels = 1): Float32Array[] =>
  Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: frames }, (__, frame) => Math.sin(frame * 0.37 + channel) + frame / 1000),
  );

const inMemory = (planes: Float32Array[]): AudioReader => ({
  sampleRate: 44_100,
  channels: planes.length,
  frames: planes[0]!.length,
  read: (start, count) => Promise.resolve(planes.map((plane) => plane.slice(start, start + count))),
  close: () => Promise.resolve(),
});

const identity = (window: number, overlap: number, channels = 1, maxBatch = 1): WindowModel => ({
  window,
  overlap,
  context: 0,
  maxBatch,
  outputChannels: channels,
  run: (windows) => Promise.resolve(windows),
});

/** Gives every window its own shape, so that a wrong order or a lost chunk cannot go unseen. */
const fadingModel = (window: number, overlap: number, maxBatch: number): WindowModel => ({
  ...identity(window, overlap, 2, maxBatch),
  run: (windows) =>
    Promise.resolve(
      windows.map(([plane]) => [
        plane!.map((sample, frame) => sample * Math.cos(frame / 7) + windows.length),
        plane!.map((sample) => sample ** 3),
      ]),
    ),
});

const output = () => join(directory, 'output.raw');

/** Writes all channels of a piece one after the other; the last frame waits for the next call, in the state. */
function fileSink(): ChunkSink & { finish(): Promise<void> } {
  let file: FileHandle | undefined;
  let bytes = 0;
  let waiting: Float32Array[] = [];
  const write = async (planes: readonly number[][]) => {
    const { bytesWritten } = await file!.write(
      Buffer.from(Float32Array.from(planes.flat()).buffer),
      0,
      null,
      bytes,
    );
    bytes += bytesWritten;
  };
  return {
    state: (archive) => {
      bytes = archive.pass(bytes);
      waiting = archive.pass(waiting);
    },
    open: async () => {
      file = await open(output(), bytes === 0 ? 'w' : 'r+').catch((thrown: unknown) => {
        throw fileError(thrown, 'open the output');
      });
      if ((await file.stat()).size < bytes) {
        throw new SoniError('corrupt', 'The file is shorter than its checkpoint says.');
      }
      await file.truncate(bytes);
    },
    append: async (audio) => {
      await write(audio.map((plane, channel) => [...(waiting[channel] ?? []), ...plane.slice(0, -1)]));
      waiting = audio.map((plane) => plane.slice(-1));
    },
    flush: () => Promise.resolve(),
    finish: () => write(waiting.map((plane) => [...plane])),
    close: async () => file?.close(),
  };
}

type Work = Omit<ChunkJob, 'sink' | 'checkpoint'> & { readonly identity: string };

const job = (audio: AudioReader, model: WindowModel, extra: Partial<Work> = {}): Work => ({
  audio,
  model,
  range: { start: 0, frames: audio.frames },
  identity: 'test',
  signal: new AbortController().signal,
  progress: () => {},
  ...extra,
});

/** Runs the job to its end. @returns what the file holds and the time it took */
const run = (work: Work): Promise<{ bytes: Buffer; seconds: number }> =>
  resumable(directory, work.identity, async (checkpoint) => {
    const sink = fileSink();
    try {
      const seconds = await runChunks({ ...work, sink, checkpoint });
      await sink.finish();
      return { bytes: await readFile(output()), seconds };
    } finally {
      await sink.close();
    }
  });

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.nat(63), fc.nat(200))
  .map(([window, overlap, frames]) => ({ window, overlap: overlap % window, frames }));

describe('planChunks', () => {
  it('covers every frame, keeps windows full, and has no window that adds nothing', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const plan = planChunks(size);
        let finished = 0;
        for (let index = 0; index < plan.count; index++) {
          const chunk = chunkAt(plan, index);
          expect(chunk.start).toBe(index * plan.hop);
          expect(chunk.windowStart).toBeLessThanOrEqual(chunk.start);
          expect(chunk.windowStart + plan.window).toBeGreaterThanOrEqual(chunk.start + chunk.frames);
          expect(chunk.start + plan.window < plan.frames).toBe(index < plan.count - 1);
          expect(finishedAfter(plan, index)).toBeGreaterThan(finished);
          finished = finishedAfter(plan, index);
        }
        expect(finished).toBe(plan.frames);
      }),
    );
  });

  it('cuts 30 s for HTDemucs into 5 windows', () => {
    expect(planChunks({ frames: 1_323_000, window: 343_980, overlap: 85_995 }).count).toBe(5);
  });

  it('refuses an overlap that leaves no progress', () => {
    expect(() => planChunks({ frames: 10, window: 4, overlap: 4 })).toThrow('shorter than the window');
  });
});

describe('OverlapAdd', () => {
  it('returns what every chunk agrees on, whatever the length, window and overlap', () => {
    fc.assert(
      fc.property(sizes, (size) => {
        const plan = planChunks(size);
        const input = signal(size.frames)[0]!;
        const sums = new OverlapAdd(plan, 1);
        const output: number[] = [];
        for (let index = 0; index < plan.count; index++) {
          const { windowStart } = chunkAt(plan, index);
          const window = Float32Array.from({ length: plan.window }, (_, i) => input[windowStart + i] ?? 0);
          output.push(...sums.add([window])[0]!);
        }
        expect(output.length).toBe(size.frames);
        expect(output.every((sample, frame) => Math.abs(sample - input[frame]!) < 1e-6)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('runChunks', () => {
  it('gives back its input through an identity model, whatever the length, window, overlap and batch', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 4 }), async ({ window, overlap, frames }, batch) => {
        const input = signal(frames, 2);
        const collected: number[][] = [[], []];
        const sink: ChunkSink = {
          state: () => {},
          open: () => Promise.resolve(),
          append: (audio) => {
            for (const [channel, plane] of audio.entries()) collected[channel]!.push(...plane);
            return Promise.resolve();
          },
          flush: () => Promise.resolve(),
          close: () => Promise.resolve(),
        };
        const work = job(inMemory(input), identity(window, overlap, 2, batch));
        await resumable(directory, 'identity', (checkpoint) => runChunks({ ...work, sink, checkpoint }));
        for (const [channel, plane] of input.entries()) {
          expect(collected[channel]!.length).toBe(frames);
          for (const [frame, sample] of plane.entries()) {
            expect(Math.abs(collected[channel]![frame]! - sample)).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it('shows the model real audio around a range and around a short last chunk', async () => {
    const seen: Planar[] = [];
    const model: WindowModel = {
      ...identity(8, 2),
      run: (windows) => {
        seen.push(...windows);
        return Promise.resolve(windows);
      },
    };
    const ramp = Float32Array.from({ length: 20 }, (_, frame) => frame + 1);
    await run(job(inMemory([ramp]), model, { range: { start: 4, frames: 10 } }));
    // Frames 4 to 11, then the 4 frames from 10 on, centred.
    expect(seen.map(([plane]) => [...plane!])).toEqual([
      [5, 6, 7, 8, 9, 10, 11, 12],
      [9, 10, 11, 12, 13, 14, 15, 16],
    ]);
    seen.length = 0;
    await run(job(inMemory([ramp.slice(0, 3)]), model));
    expect([...seen[0]![0]!]).toEqual([0, 0, 1, 2, 3, 0, 0, 0]);
    seen.length = 0;
    const inner = (windows: readonly Planar[]) =>
      windows.map((planes) => planes.map((plane) => plane.slice(3, -3)));
    const wide: WindowModel = {
      ...model,
      context: 3,
      run: async (windows) => inner(await model.run(windows)),
    };
    await run(job(inMemory([ramp.slice(0, 12)]), wide));
    expect(seen.map(([plane]) => [...plane!])).toEqual([
      [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
      [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0],
    ]);
  });

  it('resumes after a death at any chunk with the same bits', async () => {
    const death = new Error('killed');
    await fc.assert(
      fc.asyncProperty(
        sizes.filter(({ frames }) => frames > 0),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.nat(8), { minLength: 1, maxLength: 4 }),
        async ({ window, overlap, frames }, batch, deaths) => {
          const audio = inMemory(signal(frames));
          const model = fadingModel(window, overlap, batch);
          const { bytes } = await run(job(audio, model));

          for (const runs of deaths) {
            let left = runs;
            const dying: WindowModel = {
              ...model,
              run: (windows) => (left-- > 0 ? model.run(windows) : Promise.reject(death)),
            };
            await run(job(audio, dying)).catch((thrown: unknown) => {
              if (thrown !== death) throw thrown;
            });
            // What a process killed between its two writes leaves: samples that no checkpoint knows.
            await writeFile(output(), Buffer.alloc(44, 7), { flag: 'a' });
          }
          expect((await run(job(audio, model))).bytes.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 8 },
    );
  });

  it('does only the missing chunks after a cancel, and reports the time of all', async () => {
    const audio = inMemory(signal(100));
    const abort = new AbortController();
    const done: number[] = [];
    let runs = 0;
    const counting: WindowModel = {
      ...identity(10, 5),
      run: (windows) => {
        runs++;
        return Promise.resolve(windows);
      },
    };
    const progress = (frames: number) => {
      done.push(frames);
      if (frames >= 50) abort.abort();
    };
    await expect(run(job(audio, counting, { signal: abort.signal, progress }))).rejects.toThrow('aborted');
    expect([runs, done.at(-1)]).toEqual([10, 50]);
    const { seconds } = await run(job(audio, counting));
    expect(runs).toBe(19);
    expect(seconds).toBeGreaterThan(0);
  });

  it.each([
    ['shorter', () => truncate(output(), 12)],
    ['gone', () => rm(output())],
  ])('begins again when the files of the sink are %s', async (_what, spoil) => {
    const audio = inMemory(signal(50));
    const { bytes } = await run(job(audio, identity(10, 5)));
    const abort = new AbortController();
    const cancelled = job(audio, identity(10, 5), { signal: abort.signal, progress: () => abort.abort() });
    await expect(run(cancelled)).rejects.toThrow('aborted');
    expect(await readdir(directory)).toContain('state.checkpoint');
    await spoil();
    expect((await run(job(audio, identity(10, 5)))).bytes).toEqual(bytes);
    expect(await readdir(directory)).toEqual(['output.raw']);
  });
});
