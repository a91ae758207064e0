import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeskJob } from '../contracts/desk.ts';
import { mixPlan } from '../contracts/mixPlan.ts';
import type { WorkflowProgress } from '../contracts/workflows.ts';
import type { Engine } from '../engine/workflows/engine.ts';
import { drawnFiles } from './drawnFiles.ts';
import type { JobReport } from './jobQueue.ts';
import { firstMixState } from './mixDecisions.ts';
import type { SongShelf } from './songShelf.ts';

interface Work {
  readonly engine: Engine;
  readonly shelf: SongShelf;
  readonly job: DeskJob;
  readonly signal: AbortSignal;
  readonly report: (update: JobReport) => void;
}

/** A new suggestion: nothing was decided about it. */
const noHistory = { canUndo: false, canRedo: false };

/** Part of the bar that each step fills, roughly as long as it takes. */
const shares = { prepare: 1, tags: 1, stems: 14, rest: 6 };
type Step = keyof typeof shares;

/**
 * Everything that was asked for one song, in the order in which a listener can use it: the song itself, its
 * tags, stems (their beginning first), then notes and mix. Each result is on the shelf as soon as it is there.
 */
export async function performSongJob(work: Work): Promise<void> {
  const { engine, shelf, job, signal } = work;
  const { inputs } = shelf.get(job.songId);
  const folder = shelf.folderOf(job.songId);
  const single = inputs.length === 1 ? inputs[0]! : null;
  const { stems, notes, mix } = job.steps;
  const splits = single !== null && stems !== null;
  const steps: Step[] = ['prepare'];
  if (single !== null) steps.push('tags');
  if (splits) steps.push('stems');
  // Stems that are there already are mixed anew, not what they were made of.
  const ready = shelf.get(job.songId).stems;
  const remixed = mix && !splits && notes === null && ready !== null && !ready.preview ? ready.files : null;
  const runs = remixed === null && (notes !== null || mix);
  if (runs || remixed !== null) steps.push('rest');
  const watch = (step: Step, facts: Partial<StepFacts> = {}) => ({
    signal,
    onProgress: phase(steps, step, { ...noFacts, ...facts }, work.report),
  });

  const prepared = await engine.prepare(
    { inputs: [...inputs], outputDirectory: join(folder, 'sources') },
    watch('prepare'),
  );
  const sources = await drawnFiles(prepared);
  await shelf.change(job.songId, () => ({ sources }));

  if (single !== null) {
    const tags = await engine.tag({ input: single }, watch('tags'));
    await shelf.change(job.songId, () => ({ tags }));
  }
  const seconds = Math.max(0, ...sources.map(({ format }) => format.frames / format.sampleRate));
  if (splits) {
    // What the separation would choose itself a moment later; asked now, so that it can be shown.
    const { chosen: provider } = await engine.selfTest(stems, false, signal);
    await split(work, single, stems, folder, watch('stems', { seconds, provider, pack: stems }));
  }
  if (remixed !== null) {
    const { plan, notes: remarks } = await engine.mix(
      {
        tracks: remixed.map(({ audio }) => audio),
        reference: job.steps.reference ?? null,
        output: join(folder, 'mix.json'),
      },
      watch('rest'),
    );
    await shelf.change(job.songId, () => ({ mix: { plan, ...firstMixState, ...noHistory }, remarks }));
    return;
  }
  if (!runs) return;

  const result = await engine.run(
    {
      inputs: [...inputs],
      outputDirectory: folder,
      separation: splits ? 'required' : 'off',
      transcription: notes === null ? 'off' : 'required',
      ...(splits && { separationPack: stems }),
      ...(notes !== null && { transcriptionPack: notes }),
      ...(job.steps.reference !== undefined && { reference: job.steps.reference }),
      ...(job.steps.features !== undefined && { features: job.steps.features }),
      render: false,
    },
    watch('rest', { pack: notes }),
  );
  const plan = mix ? mixPlan.parse(JSON.parse(await readFile(result.mix.output, 'utf8'))) : null;
  await shelf.change(job.songId, (song) => ({
    tags: result.tags,
    noteCount: result.transcription?.count ?? song.noteCount,
    noteRevision: song.noteRevision + 1,
    mix: plan === null ? song.mix : { plan, ...firstMixState, ...noHistory },
    remarks: result.notes,
  }));
}

async function split(
  { engine, shelf, job, signal }: Work,
  input: string,
  pack: string,
  folder: string,
  watch: { signal: AbortSignal; onProgress: (progress: WorkflowProgress) => void },
): Promise<void> {
  const outputDirectory = join(folder, 'stems');
  let previewing: Promise<void> | null = null;
  const showPreview = async (names: readonly string[]) => {
    const inputs = names.map((name) => join(outputDirectory, 'preview', `${name}.wav`));
    if (!inputs.every((path) => existsSync(path))) return;
    const drawn = await engine.prepare(
      { inputs, outputDirectory: join(folder, 'preview-peaks'), decode: false },
      { signal },
    );
    const files = await drawnFiles(drawn);
    await shelf.change(job.songId, () => ({
      stems: { files, preview: true, residualDb: null, model: null },
    }));
  };
  const { stems: names = [] } = await engine.describePack(pack);
  const result = await engine.split(
    { input, outputDirectory, pack, preview: true },
    {
      ...watch,
      onProgress: (progress) => {
        const { note, ...bar } = progress;
        // The engine says in a note that the beginning has been written; the window shows it instead.
        if (note === undefined || previewing !== null || !existsSync(join(outputDirectory, 'preview'))) {
          watch.onProgress(progress);
          return;
        }
        watch.onProgress(bar);
        // Hearing the beginning early is a kindness; the job does not fail over it.
        previewing = showPreview(names).catch(() => undefined);
      },
    },
  );
  await (previewing as Promise<void> | null);
  const drawn = await engine.prepare(
    {
      inputs: result.stems.map(({ file }) => file),
      outputDirectory: join(folder, 'stem-peaks'),
      decode: false,
    },
    { signal },
  );
  const { residualDb, stems: _stems, ...model } = result;
  // In the order in which the beginning was shown.
  const order = ({ name }: { readonly name: string }) => names.indexOf(name);
  const files = (await drawnFiles(drawn)).toSorted((a, b) => order(a) - order(b));
  await shelf.change(job.songId, () => ({ stems: { files, preview: false, residualDb, model } }));
}

/** What is known of a step before it starts. */
interface StepFacts {
  /** Of audio to get through, when the step's bar goes along with it. */
  readonly seconds: number | null;
  readonly provider: string | null;
  readonly pack: string | null;
}

const noFacts: StepFacts = { seconds: null, provider: null, pack: null };
/** A speed is told when so much time and so much of the bar lie behind it. */
const surely = { milliseconds: 1500, fraction: 0.02 };

/** A step's progress as a part of the whole bar. */
function phase(
  steps: readonly Step[],
  step: Step,
  { seconds, provider, pack }: StepFacts,
  report: (update: JobReport) => void,
) {
  const weight = (some: readonly Step[]) => some.reduce((sum, each) => sum + shares[each], 0);
  const from = weight(steps.slice(0, steps.indexOf(step))) / weight(steps);
  const share = shares[step] / weight(steps);
  let begun: { readonly time: number; readonly fraction: number } | null = null;
  return ({ label, fraction, etaSeconds, note }: WorkflowProgress) => {
    // What a resumed job finds done already is not its speed.
    begun ??= { time: Date.now(), fraction };
    const [elapsed, gained] = [Date.now() - begun.time, fraction - begun.fraction];
    const known = seconds !== null && elapsed > surely.milliseconds && gained > surely.fraction;
    const speed = known ? (gained * seconds * 1000) / elapsed : null;
    report({ label, fraction: from + fraction * share, etaSeconds, note, speed, provider, pack });
  };
}
