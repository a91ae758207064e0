import type { z } from 'zod';
import type { PackManifest } from '../../contracts/pack.ts';
import type { SessionJob } from '../../contracts/session.ts';
import type { Tags } from '../../contracts/tags.ts';
import {
  featuresRequest,
  mixRequest,
  prepareRequest,
  renderRequest,
  runRequest,
  splitRequest,
  tagRequest,
  transcribeRequest,
  type FeaturesRequest,
  type FeaturesResult,
  type MixRequest,
  type MixResult,
  type PrepareRequest,
  type PrepareResult,
  type RenderRequest,
  type RenderResult,
  type RunRequest,
  type RunResult,
  type SplitRequest,
  type SplitResult,
  type TagRequest,
  type TranscribeRequest,
  type TranscribeResult,
  type Watch,
} from '../../contracts/workflows.ts';
import { directories, type Directories } from '../../platform/directories.ts';
import { defaultHostProgram, type HostProgram } from '../host/program.ts';
import type { HostInfo, SelfTestReport } from '../host/supervisedHost.ts';
import type { PackSpeed } from '../jobs/speeds.ts';
import { EngineRuntime } from './engineRuntime.ts';
import { features } from './features.ts';
import { mix } from './mix.ts';
import { parseRequest } from './parseRequest.ts';
import { prepare } from './prepare.ts';
import { render } from './render.ts';
import { run } from './run.ts';
import { split } from './split.ts';
import { tag } from './tag.ts';
import { transcribe } from './transcribe.ts';

export interface EngineOptions {
  /** A session to work in; without one, work is kept in the cache by the files it is about. */
  readonly sessionDirectory?: string | undefined;
  /** The inference host; by default the one that is built beside this program. */
  readonly hostProgram?: HostProgram | undefined;
  readonly directories?: Directories | undefined;
  /** The cache's size above which sessions used longest ago are removed. */
  readonly cacheLimitBytes?: number | undefined;
}

/** Everything a user can ask for. All of it can be cancelled, and goes on after a crash where it was. */
export interface Engine {
  /** One file into stems: `<outputDirectory>/<stem>.wav` and `split.json`. */
  split(request: SplitRequest, watch?: Watch): Promise<SplitResult>;
  /** One file's notes as a Standard MIDI file. */
  transcribe(request: TranscribeRequest, watch?: Watch): Promise<TranscribeResult>;
  /** Tempo, beats, key and loudness of one file. */
  tag(request: TagRequest, watch?: Watch): Promise<Tags>;
  /** Codes and features of one file as a safetensors file. */
  features(request: FeaturesRequest, watch?: Watch): Promise<FeaturesResult>;
  /** A mix plan for some tracks, and the mix. */
  mix(request: MixRequest, watch?: Watch): Promise<MixResult>;
  /** Some files ready to be drawn and played: float32 WAV and peaks. */
  prepare(request: PrepareRequest, watch?: Watch): Promise<PrepareResult>;
  /** The mix that a plan describes, as a WAV file. */
  render(request: RenderRequest, watch?: Watch): Promise<RenderResult>;
  /** Everything for one mix or for the tracks of a session. */
  run(request: RunRequest, watch?: Watch): Promise<RunResult>;

  /** What was asked of the session given in the options, oldest first; those cut short are `interrupted`. */
  jobs(): SessionJob[];
  describePack(pack: string): Promise<PackManifest>;
  /** How fast packs were on this machine, the latest first. */
  packSpeeds(): PackSpeed[];
  hostInfo(): Promise<HostInfo>;
  /** Tries the execution providers with a pack; the outcome is remembered unless forced anew. */
  selfTest(pack: string, force: boolean, signal?: AbortSignal): Promise<SelfTestReport>;
  /** Cancels what is running and ends every process. */
  close(): Promise<void>;
}

/** @throws SoniError `busy` | `newer-format` | `corrupt` | `denied` of the session given in the options */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const runtime = new EngineRuntime(
    options.hostProgram ?? defaultHostProgram(),
    options.directories ?? directories(),
    options.cacheLimitBytes,
  );
  if (options.sessionDirectory !== undefined) await runtime.openSession(options.sessionDirectory);

  type Workflow<Request, Result> = (
    request: Request,
    context: Parameters<typeof split>[1],
  ) => Promise<Result>;
  const workflow = <Schema extends z.ZodType, Result>(
    name: string,
    schema: Schema,
    inputsOf: (request: z.output<Schema>) => readonly string[],
    work: Workflow<z.output<Schema>, Result>,
  ) => {
    return async (rawRequest: z.input<Schema>, watch: Watch = {}): Promise<Result> => {
      const request = parseRequest(schema, rawRequest, name);
      return runtime.perform(name, request, inputsOf(request), watch, (context) => work(request, context));
    };
  };

  return {
    split: workflow('split', splitRequest, (request) => [request.input], split),
    transcribe: workflow('transcribe', transcribeRequest, (request) => [request.input], transcribe),
    tag: workflow('tag', tagRequest, (request) => [request.input], tag),
    features: workflow('features', featuresRequest, (request) => [request.input], features),
    mix: workflow('mix', mixRequest, (request) => request.tracks, mix),
    prepare: workflow('prepare', prepareRequest, (request) => request.inputs, prepare),
    render: workflow('render', renderRequest, (request) => request.tracks, render),
    run: workflow('run', runRequest, (request) => request.inputs, run),
    jobs: () => runtime.jobs(),
    describePack: (pack) => runtime.host('signal').describePack(pack),
    packSpeeds: () => runtime.packSpeeds(),
    hostInfo: () => runtime.host('signal').info(),
    selfTest: (pack, force, signal) => runtime.host('model').selfTest(pack, force, signal),
    close: () => runtime.close(),
  };
}
