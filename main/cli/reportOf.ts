import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { basename, extname } from 'node:path';
import { z } from 'zod';
import { mixPlan } from '../contracts/mixPlan.ts';
import { stemNote } from '../contracts/notes.ts';
import type { RunResult } from '../contracts/workflows.ts';
import { packOnDisk } from '../inference/packs/findPack.ts';
import type { LicenceRow, ReportData } from '../report/reportData.ts';
import { writeReport } from '../report/writeReport.ts';
import { version } from './installation.ts';

const readJson = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> =>
  schema.parse(JSON.parse(await readFile(path, 'utf8')));

async function licencesOf(run: RunResult, features: ReportData['features']): Promise<LicenceRow[]> {
  const ids = new Set([
    ...(run.separation === null ? [] : [run.separation.pack]),
    ...(run.transcription?.packs.map((one) => one.pack) ?? []),
    ...(features === undefined ? [] : [features.run.pack]),
  ]);
  const rows = await Promise.all(
    [...ids].map(async (id) => {
      const manifest = (await packOnDisk(id))?.manifest;
      if (manifest === undefined) return [];
      const { name, version, summary, licence } = manifest;
      return [{ pack: id, name, version, summary, licence: licence.id }];
    }),
  );
  return rows.flat();
}

function machine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? '';
  const cores = `${processors.length} ${processors.length === 1 ? 'core' : 'cores'}`;
  const processor = model === '' || model === 'unknown' ? cores : `${cores} of ${model}`;
  return `SoniDesk ${version} on Node ${process.versions.node}, ${processor}`;
}

const titleOf = ({ inputs }: RunResult): string => {
  const first = basename(inputs[0]!, extname(inputs[0]!));
  return inputs.length === 1 ? first : `Session of ${inputs.length} tracks`;
};

/** What is not in the run itself. */
type Extras = Pick<ReportData, 'title' | 'accuracy' | 'features'>;

/** Writes the HTML page of a finished run. */
export async function reportOf(
  run: RunResult,
  path: string,
  { title = titleOf(run), accuracy = [], features }: Partial<Extras> = {},
): Promise<void> {
  const notes =
    run.transcription === null ? [] : await readJson(run.transcription.notesFile, z.array(stemNote));
  await writeReport(path, {
    title,
    run,
    plan: await readJson(run.mix.output, mixPlan),
    notes,
    accuracy,
    ...(features !== undefined && { features }),
    licences: await licencesOf(run, features),
    machine: machine(),
  });
}
