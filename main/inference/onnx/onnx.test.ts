import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyManifest, tinyModel } from '../../../test/support/tinyPack.ts';
import { checkTensors } from './graphTensors.ts';
import { runSession } from './runSession.ts';
import { createSession } from './session.ts';
import { modelThreads } from './threads.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-onnx-'));
  file = join(folder, 'tiny.onnx');
  await writeFile(file, tinyModel());
});
afterAll(() => rm(folder, { recursive: true }));

describe('threads of a model', () => {
  it('are one for each core at most, and what the user says', () => {
    expect(modelThreads({})).toBeGreaterThanOrEqual(1);
    expect(modelThreads({})).toBeLessThanOrEqual(availableParallelism());
    expect(modelThreads({ SONIDESK_THREADS: '7' })).toBe(7);
    for (const nonsense of ['0', '-1', 'many', '1.5']) {
      expect(modelThreads({ SONIDESK_THREADS: nonsense })).toBe(modelThreads({}));
    }
  });
});

describe('session', () => {
  it('gives the same bits whatever the threads', async () => {
    const data = Float32Array.from({ length: 64 }, (_, i) => Math.sin(i * i));
    const results = [];
    for (const threads of [1, 2, 3]) {
      const session = await createSession(file, { provider: 'cpu', threads });
      results.push((await runSession(session, { x: { data, dims: [1, 1, 64] } }))['y']!.data);
      await session.release();
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[2]).toEqual(results[0]);
  });

  it('lets messages in before a run returns, so that a cancel is seen', async () => {
    const session = await createSession(file, { provider: 'cpu' });
    const { port1, port2 } = new MessageChannel();
    let seen = false;
    port2.on('message', () => (seen = true));
    // Sent in the turn in which the run blocks the event loop, just before it.
    setImmediate(() => port1.postMessage('cancel'));
    const run = runSession(session, { x: { data: new Float32Array(64), dims: [1, 1, 64] } });
    await run;
    expect(seen).toBe(true);
    port1.close();
    await session.release();
  });

  it('refuses what is no model, and providers that are not in this build', async () => {
    const text = join(folder, 'text.onnx');
    await writeFile(text, 'hello');
    await expect(createSession(text, { provider: 'cpu' })).rejects.toMatchObject({ kind: 'corrupt' });
    await expect(createSession(file, { provider: 'abacus' })).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('tensors of a graph', () => {
  const manifest = tinyManifest(tinyModel());
  const x = { name: 'x', type: 'float32', shape: [1, 1, 64] };
  const y = { name: 'y', type: 'float32', shape: [1, 8, 60] };

  it('may be dynamic where the manifest is not', () => {
    checkTensors(manifest, { inputs: [{ ...x, shape: [null, 1, null] }], outputs: [y] });
    expect(() =>
      checkTensors(manifest, { inputs: [{ ...x, shape: [null, 2, null] }], outputs: [y] }),
    ).toThrow(/\[\?, 2, \?\]/);
  });

  it('must be float32, and no input may be left without a value', () => {
    expect(() => checkTensors(manifest, { inputs: [{ ...x, type: 'float16' }], outputs: [y] })).toThrow(
      /float16/,
    );
    expect(() => checkTensors(manifest, { inputs: [x, { ...x, name: 'z' }], outputs: [y] })).toThrow(
      /also needs the input "z"/,
    );
  });
});
