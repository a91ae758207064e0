import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SoniError } from '../../contracts/errors.ts';
import type { WorkflowProgress } from '../../contracts/workflows.ts';
import { Reference, SourceFile, dependenciesOf, inOrder, job, type Job } from './job.ts';
import { ResultStore, type StoredResult } from './resultStore.ts';
import { runGraph, type Execute, type GraphEnvironment } from './runGraph.ts';
import { Scheduler } from './scheduler.ts';
import { Speeds } from './speeds.ts';

/** A graph as numbers: each node's dependencies are nodes before it; with none, it reads a source file. */
type Shape = readonly (readonly number[])[];
const sources = 3;

const shapes: fc.Arbitrary<Shape> = fc
  .array(fc.uniqueArray(fc.nat(1000), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
  .map((raw) =>
    raw.map((numbers, node) => (node === 0 ? [] : [...new Set(numbers.map((number) => number % node))])),
  );

const outputFile = 'out.txt';
const mixOutput = {
  version: 1,
  tracks: [],
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: null, truePeakDb: null },
  after: { integratedLufs: null, truePeakDb: null },
  reference: null,
};

class World {
  readonly runs: string[] = [];
  readonly running = new Set<string>();
  failAt: string | null = null;
  onRun: (name: string) => void = () => {};
  /** What each job tells the user. */
  notes: Readonly<Record<string, string>> = {};
  readonly environment: GraphEnvironment;

  private constructor(readonly folder: string) {
    const hashes = new Map<string, string>();
    this.environment = {
      name: folder,
      store: new ResultStore(join(folder, 'results'), { put: () => {}, remove: () => {} }),
      hashes: {
        get: (path, identity) => hashes.get(`${path}\n${identity}`),
        put: (path, identity, sha256) => hashes.set(`${path}\n${identity}`, sha256),
      },
      scheduler: new Scheduler<StoredResult>(),
      execute: this.#execute,
      speeds: new Speeds(join(folder, 'speeds.json')),
      provider: null,
    };
  }

  static async use(work: (world: World) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'sonidesk-graph-'));
    try {
      const world = new World(folder);
      for (let source = 0; source < sources; source++) await world.writeSource(source, `source ${source}`);
      await work(world);
      if (world.running.size + world.environment.scheduler.size > 0) throw new Error('Work was left behind.');
      await world.checkStore();
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  writeSource(source: number, text: string): Promise<void> {
    return writeFile(join(this.folder, `source${source}`), text);
  }

  /** New job objects each time, as another call of a workflow would make. */
  jobs(shape: Shape): Job<'mix'>[] {
    const made: Job<'mix'>[] = [];
    shape.forEach((dependencies, node) => {
      const audio =
        dependencies.length === 0
          ? [new SourceFile(join(this.folder, `source${node % sources}`))]
          : dependencies.map(
              (dependency) =>
                new Reference(made[dependency]!, outputFile, (_, directory) => join(directory, outputFile)),
            );
      made.push(
        job('mix', `node ${node}`, {
          tracks: audio.map((each) => ({ name: `node ${node}`, audio: each })),
          reference: null,
        }),
      );
    });
    return made;
  }

  run(targets: readonly Job<'mix'>[], signal?: AbortSignal) {
    return runGraph(targets, this.environment, { signal });
  }

  /** Runs them. @returns what was told */
  async told(targets: readonly Job<'mix'>[]): Promise<string[]> {
    const told: string[] = [];
    const onProgress = ({ note, fraction }: WorkflowProgress) => {
      if (!(fraction >= 0 && fraction <= 1)) throw new Error(`A fraction of ${fraction}.`);
      if (note !== undefined) told.push(note);
    };
    await runGraph(targets, this.environment, { onProgress });
    return told;
  }

  /** What the last node comes to when everything is computed afresh. */
  async expected(shape: Shape): Promise<string[]> {
    const texts: string[] = [];
    for (const [node, dependencies] of shape.entries()) {
      const inputs =
        dependencies.length === 0
          ? [await readFile(join(this.folder, `source${node % sources}`), 'utf8')]
          : dependencies.map((dependency) => texts[dependency]!);
      texts.push(combine(`node ${node}`, inputs));
    }
    return texts;
  }

  async checkStore(): Promise<void> {
    const names = await readdir(join(this.folder, 'results')).catch(() => []);
    for (const name of names.filter((each) => !each.endsWith('.partial'))) {
      if ((await this.environment.store.lookup(name, 'mix')) === null)
        throw new Error(`${name} is not whole.`);
    }
  }

  readonly #execute: Execute = async (_lane, _operation, rawInput, { directory, signal, onProgress }) => {
    const input = rawInput as { tracks: { name: string; audio: string }[] };
    const { name } = input.tracks[0]!;
    this.runs.push(name);
    this.running.add(name);
    try {
      this.onRun(name);
      const note = this.notes[name];
      if (note !== undefined) onProgress({ done: 1, total: 1, note });
      const inputs = await Promise.all(input.tracks.map(({ audio }) => readFile(audio, 'utf8')));
      await writeFile(join(directory, outputFile), 'half');
      await turn();
      signal.throwIfAborted();
      if (name === this.failAt) throw new SoniError('bad-input', `${name} fails`);
      await writeFile(join(directory, outputFile), combine(name, inputs));
      return mixOutput;
    } finally {
      this.running.delete(name);
    }
  };
}

const combine = (name: string, inputs: readonly string[]) =>
  createHash('sha256')
    .update(JSON.stringify([name, inputs]))
    .digest('hex');

const names = (jobs: readonly { label: string }[]) => jobs.map(({ label }) => label).sort();
const runs = (world: World) => world.runs.splice(0);

describe('job graph', () => {
  it('runs everything once, after what it rests on, and gives the right results', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, (shape) =>
        World.use(async (world) => {
          const jobs = world.jobs(shape);
          const results = await world.run(jobs);
          const order = runs(world);
          expect([...order].sort()).toEqual(names(jobs));
          for (const each of jobs) {
            for (const dependency of dependenciesOf(each)) {
              expect(order.indexOf(dependency.label)).toBeLessThan(order.indexOf(each.label));
            }
          }
          const expected = await world.expected(shape);
          for (const [node, each] of jobs.entries()) {
            const { directory } = results.of(each);
            expect(await readFile(join(directory, outputFile), 'utf8')).toBe(expected[node]);
          }
        }),
      ),
      { numRuns: 10 },
    );
  });

  it('recomputes nothing unchanged, and only what rests on a change', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(sources - 1), (shape, changed) =>
        World.use(async (world) => {
          const target = (jobs: Job<'mix'>[]) => jobs.slice(-1);
          await world.run(target(world.jobs(shape)));
          expect(runs(world).sort()).toEqual(names(inOrder(target(world.jobs(shape)))));
          await world.run(target(world.jobs(shape)));
          expect(runs(world)).toEqual([]);
          // Another head: only what was not needed before.
          const all = world.jobs(shape);
          const known = new Set(inOrder(target(all)));
          await world.run(all);
          expect(runs(world).sort()).toEqual(names(all.filter((each) => !known.has(each))));
          await world.writeSource(changed, 'changed');
          const again = world.jobs(shape);
          await world.run(again);
          const touched = again.filter((each) =>
            inOrder([each]).some((below) => JSON.stringify(below.input).includes(`source${changed}"`)),
          );
          expect(runs(world).sort()).toEqual(names(touched));
        }),
      ),
      { numRuns: 10 },
    );
  });

  it('tells what a result rests on again when the result is stored', async () => {
    await World.use(async (world) => {
      world.notes = { 'node 0': 'The file was cut off.' };
      const shape = [[], [0], [1]];
      expect(await world.told(world.jobs(shape).slice(1, 2))).toEqual(['The file was cut off.']);
      expect(await world.told(world.jobs(shape).slice(1, 2))).toEqual(['The file was cut off.']);
      // One more on top of it, and all at once: told once.
      expect(await world.told(world.jobs(shape))).toEqual(['The file was cut off.']);
      expect(await world.told(world.jobs(shape))).toEqual(['The file was cut off.']);
      expect(await world.told(world.jobs([[]]).slice(0, 1))).toEqual(['The file was cut off.']);
    });
  });

  it('tells what a result rests on to a graph that joins late', async () => {
    await World.use(async (world) => {
      world.notes = { 'node 0': 'The file was cut off.' };
      let joined: Promise<string[]> | undefined;
      const onProgress = ({ note }: WorkflowProgress) => {
        if (note !== undefined) joined = world.told(world.jobs([[]]));
      };
      await runGraph(world.jobs([[]]), world.environment, { onProgress });
      expect(await joined).toEqual(['The file was cut off.']);
      expect(runs(world)).toEqual(['node 0']);
    });
  });

  it('passes a failure on, keeps what was done, and goes on from there', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(1000), (shape, at) =>
        World.use(async (world) => {
          const jobs = world.jobs(shape);
          const failing = jobs[at % jobs.length]!;
          world.failAt = failing.label;
          await expect(world.run(jobs)).rejects.toMatchObject({
            kind: 'bad-input',
            message: `${failing.label} fails`,
          });
          const tried = runs(world);
          const above = jobs.filter((each) => each !== failing && inOrder([each]).includes(failing));
          expect(tried.filter((name) => names(above).includes(name))).toEqual([]);
          world.failAt = null;
          await world.run(world.jobs(shape));
          const rest = runs(world);
          expect(rest).toContain(failing.label);
          expect(new Set(rest).size).toBe(rest.length);
          expect([...new Set([...tried, ...rest])].sort()).toEqual(names(jobs));
        }),
      ),
      { numRuns: 10 },
    );
  });

  it('leaves a consistent store when cancelled at any point', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(9), (shape, after) =>
        World.use(async (world) => {
          const controller = new AbortController();
          let count = 0;
          world.onRun = () => {
            if (count++ === after) controller.abort();
          };
          const outcome = await world.run(world.jobs(shape), controller.signal).then(
            () => 'done',
            (thrown: unknown) => (thrown as SoniError).kind,
          );
          expect(outcome).toBe(count > after ? 'cancelled' : 'done');
          await world.checkStore();
          world.onRun = () => {};
          const results = await world.run(world.jobs(shape));
          expect(results.keys).toHaveLength(shape.length);
        }),
      ),
      { numRuns: 10 },
    );
  });

  it('shares work between graphs; cancelling one does not take it from the other', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(9), (shape, after) =>
        World.use(async (world) => {
          const controller = new AbortController();
          let count = 0;
          world.onRun = () => {
            if (count++ === after) controller.abort();
          };
          const [cancelled, other] = await Promise.allSettled([
            world.run(world.jobs(shape), controller.signal),
            world.run(world.jobs(shape)),
          ]);
          expect(other.status).toBe('fulfilled');
          const kind = cancelled.status === 'rejected' ? (cancelled.reason as SoniError).kind : 'cancelled';
          expect(kind).toBe('cancelled');
          const order = runs(world);
          expect(new Set(order).size).toBe(order.length);
        }),
      ),
      { numRuns: 10 },
    );
  });
});
