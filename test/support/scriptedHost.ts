import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { SoniError } from '../../main/contracts/errors.ts';
import { inferenceHost } from '../../main/contracts/inferenceHost.ts';
import type { OperationName } from '../../main/contracts/operations.ts';
import type { PackManifest, PackTask } from '../../main/contracts/pack.ts';
import { requireTask } from '../../main/inference/packs/requireTask.ts';
import { parentTransport } from '../../main/rpc/program/parentTransport.ts';
import { serve } from '../../main/rpc/serve.ts';

/**
 * An inference host for tests: every operation writes a deterministic file in chunks, with a checkpoint after
 * each, and behaves badly on demand. What to do comes in the environment variable SCRIPT as JSON.
 */
const script = z
  .object({
    chunks: z.number().int().default(10),
    chunkMs: z.number().default(5),
    /** Packs that are "installed". */
    packs: z.array(z.string()).default(['htdemucs', 'basic-pitch']),
    /** Their versions where they are not 1, by id. */
    packVersions: z.record(z.string(), z.string()).default({}),
    /** Dies at this chunk of these operations... */
    dieAtChunk: z.number().int().default(3),
    dieIn: z.array(z.string()).default([]),
    /** ... so often, counted in this file, by signal or with these words and exit code 1. */
    deaths: z.number().int().default(0),
    deathsFile: z.string().default(''),
    lastWords: z.string().default(''),
    /** Operations that do not look at their signal. */
    deaf: z.array(z.string()).default([]),
    failIn: z.array(z.string()).default([]),
    /** Time stamps of source files, by name. */
    timeReferences: z.record(z.string(), z.number()).default({}),
    /** Every start of an operation and every chunk adds a line here. */
    log: z.string().default(''),
  })
  .parse(JSON.parse(process.env['SCRIPT'] ?? '{}'));

const log = (line: string) => {
  if (script.log) appendFileSync(script.log, `${line}\n`);
};

function maybeDie(operation: string, chunk: number): void {
  if (chunk !== script.dieAtChunk || !script.dieIn.includes(operation)) return;
  const deaths = existsSync(script.deathsFile) ? readFileSync(script.deathsFile, 'utf8').length : 0;
  if (deaths >= script.deaths) return;
  appendFileSync(script.deathsFile, 'x');
  if (script.lastWords) {
    process.stderr.write(script.lastWords);
    process.exit(1);
  }
  process.kill(process.pid, 'SIGKILL');
}

const blockBytes = 4096;

/** The input as text that does not depend on where its files lie. */
const contentOf = (input: unknown): string =>
  JSON.stringify(input, (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith('/') && existsSync(value)
      ? createHash('sha256').update(readFileSync(value)).digest('hex')
      : value,
  );

/** One chunk of the result: depends on the input and on the block before, as audio with a filter state does. */
function block(content: string, chunk: number, previous: Buffer): Buffer {
  const seed = createHash('sha256').update(content).update(`${chunk}`).update(previous).digest();
  return Buffer.alloc(blockBytes, seed);
}

const file = 'audio.wav';
const audio = { audio: file, sampleRate: 44100, channels: 2, frames: 441000 };
const model = { packVersion: '1', provider: 'cpu', seconds: 1, realtimeFactor: 10 };
const silence = { integratedLufs: null, truePeakDb: null };
const tags = {
  tempo: { bpm: 120, confidence: 1 },
  beats: [0, 0.5, 1],
  downbeats: [0],
  key: null,
  loudness: { integrated: null, range: null, truePeak: null },
  durationSeconds: 10,
};
const note = { onset: 0.5, offset: 1, pitch: 60, velocity: 100, confidence: 0.9 };
const stems = ['vocals', 'drums', 'bass', 'other'];

interface AnyInput {
  source?: string;
  tracks?: { name: string }[];
  stems?: { stem: string }[];
  remainder?: string;
  pack?: string;
  features?: unknown;
}

function output(operation: OperationName, input: AnyInput, directory: string): unknown {
  switch (operation) {
    case 'decode':
      return {
        ...audio,
        format: 'wav',
        timeReference: script.timeReferences[basename(input.source!)] ?? null,
      };
    case 'resample':
      return audio;
    case 'select-stems':
    case 'separate': {
      const chosen = input.stems?.map(({ stem }) => stem);
      const names = chosen === undefined ? stems : [...chosen, input.remainder!];
      for (const stem of names)
        writeFileSync(join(directory, `${stem}.wav`), readFileSync(join(directory, file)));
      return {
        ...model,
        pack: input.pack,
        residualDb: null,
        stems: names.map((stem) => ({ stem, file: `${stem}.wav` })),
      };
    }
    case 'transcribe':
      writeFileSync(join(directory, 'notes.json'), JSON.stringify([note]));
      return { ...model, pack: input.pack, notes: 'notes.json', count: 1 };
    case 'tokenise':
      return { ...model, pack: input.pack, tokens: file, tensors: [] };
    case 'embed-clips':
      return { ...model, pack: input.pack, clips: file, tensors: [] };
    case 'features':
      return { ...model, pack: input.pack, features: file, tensors: [] };
    case 'recognise':
      return {
        ...model,
        pack: input.pack,
        instruments: [{ name: 'drums', confidence: 0.9 }],
        roles: [{ name: 'drums', confidence: 0.8 }],
        voice: [],
        drums: [{ start: 0, end: 1 }],
        withFeatures: input.features != null,
        heardKey: null,
      };
    case 'tag':
      return { ...tags, keyFit: null };
    case 'mix':
      return {
        version: 1,
        tracks: (input.tracks ?? []).map(({ name }) => ({
          name,
          role: 'other',
          strip: neutralStrip(),
          moves: [],
        })),
        reverb: { decaySeconds: 1, preDelayMs: 0 },
        before: silence,
        after: silence,
        reference: null,
      };
    case 'render-mix':
      return { ...audio, ...silence };
    case 'peaks':
      return { peaks: file, levels: 1 };
  }
}

interface RunContext {
  readonly signal: AbortSignal;
  readonly emit: (event: { done: number; total: number; note?: string }) => void;
}

async function run(
  operation: OperationName,
  input: AnyInput,
  directory: string,
  { signal, emit }: RunContext,
) {
  log(`start ${operation} ${process.pid}`);
  const content = contentOf(input);
  const path = join(directory, file);
  const checkpoint = join(directory, 'checkpoint.json');
  let done = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
  // A kill may fall between the block and its checkpoint: what is beyond the checkpoint is written again.
  if (done > 0) truncateSync(path, done * blockBytes);
  else writeFileSync(path, '');
  let previous: Buffer = done > 0 ? readFileSync(path).subarray(-blockBytes) : Buffer.alloc(0);
  for (; done < script.chunks; done++) {
    if (!script.deaf.includes(operation)) signal.throwIfAborted();
    maybeDie(operation, done);
    if (script.failIn.includes(operation)) throw new SoniError('bad-input', `${operation} was told to fail.`);
    log(`chunk ${operation} ${done}`);
    previous = block(content, done, previous);
    appendFileSync(path, previous);
    await sleep(script.chunkMs);
    writeFileSync(`${checkpoint}.new`, `${done + 1}`);
    await rename(`${checkpoint}.new`, checkpoint);
    emit({ done: done + 1, total: script.chunks });
  }
  if (statSync(path).size !== script.chunks * blockBytes)
    throw new Error('The scripted result has a wrong size.');
  const answer = output(operation, input, directory);
  await rename(checkpoint, join(directory, 'finished.json'));
  return answer;
}

function manifest(id: string): PackManifest {
  return {
    format: 1,
    id,
    version: script.packVersions[id] ?? '1',
    name: id,
    summary: 'A pack of the scripted host.',
    licence: { id: 'MIT', text: 'MIT', mustAccept: false },
    source: { type: 'file' },
    convert: 'none',
    files: [],
    tasks: [id === 'htdemucs' ? 'separate' : 'transcribe'],
    model: {
      file: 'model.onnx',
      adapter: id === 'htdemucs' ? 'htdemucs' : 'basic-pitch',
      sampleRate: id === 'htdemucs' ? 44100 : 22050,
      channels: id === 'htdemucs' ? 2 : 1,
      windowSamples: 1000,
      overlapSamples: 0,
      maxBatch: 1,
      inputs: [{ name: 'in', shape: [null] }],
      outputs: [{ name: 'out', shape: [null] }],
      constants: id === 'sonido-tags' ? { featuresPack: 'sonido-s', featuresVersion: '1' } : {},
    },
    ...(id === 'htdemucs' && { stems }),
  };
}

const server = serve(
  inferenceHost,
  {
    run: ({ operation, input, directory }, context) => run(operation, input as AnyInput, directory, context),
    info: () => ({
      pid: process.pid,
      node: process.version,
      onnxruntime: 'none',
      threads: 1,
      providers: ['webgpu', 'cpu'],
      residentBytes: process.memoryUsage.rss(),
    }),
    describePack: ({ pack, task }: { pack: string; task?: PackTask | undefined }) => {
      if (!script.packs.includes(pack))
        throw new SoniError('not-found', `The pack "${pack}" is not installed.`);
      const found = manifest(pack);
      if (task !== undefined) requireTask(found, task);
      return found;
    },
    selfTest: () => ({ chosen: 'cpu', reports: [] }),
  },
  await parentTransport(),
);
void server.closed.then(() => process.exit(0));
