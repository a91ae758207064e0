import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import type { RunResult, StepMode, runRequest } from '../../contracts/workflows.ts';
import { isDrums } from '../../midi/drums.ts';
import { audioOf, outputOf, type AnyJob, type Reference } from '../jobs/job.ts';
import { decodeJob, labelOf, separationJobs, stemOf, tagJob, transcriptionJob } from './audioJobs.ts';
import { findContentPacks, recogniseJob } from './contentJobs.ts';
import type { WorkflowContext } from './context.ts';
import { Publication, refuseOverwriting } from './publication.ts';
import { publishRun, type RunPart, type RunParts } from './publishRun.ts';
import { mixJob, phaseAfterReading, readTracks, renderJob, sumJob, type ReadSession } from './trackJobs.ts';

type Request = z.output<typeof runRequest>;

/** The authors' defaults of Basic Pitch. */
const thresholds = {
  onsetThreshold: 0.5,
  frameThreshold: 0.3,
  minNoteSeconds: 0.1277,
  minHz: null,
  maxHz: null,
};

/**
 * Everything: tags, stems of a mix or the tracks of a session as they are, their notes as MIDI, a mix plan
 * and the mix. Written to the output folder when all is done; `run.json` says what is there.
 */
export async function run(request: Request, context: WorkflowContext): Promise<RunResult> {
  const begun = performance.now();
  const inputs = request.inputs.map((path) => resolve(path));
  const reference = request.reference === null ? null : resolve(request.reference);
  const publication = new Publication(resolve(request.outputDirectory));
  const notes: string[] = [];
  const leaveOut = (text: string) => {
    notes.push(text);
    context.note(text);
  };
  const separation = inputs.length > 1 && request.separation === 'auto' ? 'off' : request.separation;
  if (separation !== 'off' && inputs.length > 1) {
    throw new SoniError(
      'bad-usage',
      'Separation is for one mixed file; the tracks of a session are separate already. Run the files one by one.',
    );
  }
  const separator = await findPack(separation, request.separationPack, 'separate', context, leaveOut);
  const transcriber = await findPack(
    request.transcription,
    request.transcriptionPack,
    'transcribe',
    context,
    leaveOut,
  );
  const stemFiles = (separator?.stems ?? []).map((stem) => join('stems', `${stem}.wav`));
  const files = ['song.mid', 'notes.json', 'tags.json', 'mix.json', 'mix.wav', 'run.json', ...stemFiles];
  const published = files.map((name) => join(publication.directory, name));
  await refuseOverwriting(reference === null ? inputs : [...inputs, reference], published);
  await publication.prepare();

  const plan =
    inputs.length === 1
      ? await planMix(inputs[0]!, separator, transcriber, context)
      : await planSession(inputs, transcriber, context, leaveOut);
  const packs = await findContentPacks(context, request.features, leaveOut);
  const mix = mixJob(plan.tracks, reference === null ? null : decodeJob(reference), packs);
  const { timeReference, whole, ...planned } = plan;
  const content = packs === null ? null : recogniseJob(whole, packs, 'the song');
  const render = request.render ? renderJob(plan.tracks, outputOf(mix), timeReference) : null;
  const parts: RunParts = { ...planned, content, mix, render };
  const results = await context.run(targetsOf(parts), phaseAfterReading);
  return publishRun(parts, results, publication, {
    inputs,
    notes,
    signal: context.signal,
    seconds: () => (performance.now() - begun) / 1000,
  });
}

type Plan = Omit<RunParts, 'mix' | 'render' | 'content'> & { readonly whole: Reference<string> } & Pick<
    ReadSession,
    'timeReference'
  >;

async function planMix(
  input: string,
  separator: PackManifest | null,
  transcriber: PackManifest | null,
  context: WorkflowContext,
): Promise<Plan> {
  const {
    tracks: [track],
    timeReference,
  } = await readTracks([input], context);
  const { name, audio } = track!;
  const tags = tagJob(audio, labelOf(input));
  if (separator === null) {
    const part: RunPart = {
      name,
      audio,
      file: input,
      tags: null,
      transcription:
        transcriber === null ? null : transcriptionJob(audio, transcriber, labelOf(input), thresholds),
    };
    return { tags, whole: audio, separation: null, tracks: [part], timeReference };
  }
  // Decoded by `readTracks`; the same job again has the same key and is found done.
  const { whole } = separationJobs(decodeJob(input), separator, labelOf(input));
  const tracks = (separator.stems ?? []).map((stem): RunPart => {
    const stemAudio = stemOf(whole, stem);
    return {
      name: stem,
      audio: stemAudio,
      file: null,
      tags: null,
      transcription:
        transcriber === null || isDrums(stem)
          ? null
          : transcriptionJob(stemAudio, transcriber, `the ${stem}`, thresholds),
    };
  });
  return { tags, whole: audio, separation: whole, tracks, timeReference };
}

async function planSession(
  inputs: readonly string[],
  transcriber: PackManifest | null,
  context: WorkflowContext,
  tell: (text: string) => void,
): Promise<Plan> {
  const { tracks: read, timeReference } = await readTracks(inputs, context, tell);
  const tracks = read.map(({ name, audio, start, startSeconds, path }): RunPart => ({
    name,
    audio,
    ...(start !== undefined && { start }),
    startSeconds,
    file: path,
    tags: tagJob(audio, labelOf(path)),
    transcription:
      transcriber === null || isDrums(name) ? null : transcriptionJob(audio, transcriber, name, thresholds),
  }));
  const whole = audioOf(sumJob(read));
  const tags = tagJob(whole, 'the sum of the tracks');
  return { tags, whole, separation: null, tracks, timeReference };
}

function targetsOf({ tags, content, separation, tracks, mix, render }: RunParts): AnyJob[] {
  const wanted: (AnyJob | null)[] = [
    tags,
    content,
    separation,
    ...tracks.flatMap((track) => [track.tags, track.transcription]),
    mix,
    render,
  ];
  return wanted.filter((each) => each !== null);
}

/** The pack of a step, or `null` when the step is left out. */
async function findPack(
  mode: StepMode,
  id: string,
  task: 'separate' | 'transcribe',
  context: WorkflowContext,
  leaveOut: (text: string) => void,
): Promise<PackManifest | null> {
  if (mode === 'off') return null;
  try {
    return await context.describePack(id, task);
  } catch (thrown) {
    const error = asSoniError(thrown);
    if (mode === 'required' || (error.kind !== 'not-found' && error.kind !== 'licence-required')) throw error;
    const what = task === 'separate' ? 'No stems were made' : 'No notes were made';
    leaveOut(`${what}: ${error.message}`);
    return null;
  }
}
