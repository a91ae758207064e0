/**
 * Speed of the SoniDo features (stage 1 and stage 2 together) and of HTDemucs on the same clip in the same run.
 *
 *   npm run bench -- features [FILE] [--pack sonido-s] [--threads 2] [--rounds 3] [--json]
 *
 * FILE is any audio file; without one the demo song is made and used. Times are those of the model work alone (the clip
 * embedding is part of stage 2), as the commands report them: no decoding, no loading, no start of processes. The median
 * over the rounds, which take turns. All of it is computed anew, on the CPU. HTDemucs needs its pack installed and its
 * licence accepted, else it is left out.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { demoSong } from '../../main/demo/demoSong.ts';
import { packOnDisk } from '../../main/inference/packs/findPack.ts';
import { directories } from '../../main/platform/directories.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values, positionals } = parseArgs({
  options: {
    pack: { type: 'string' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const modelRun = z.object({ pack: z.string(), seconds: z.number(), realtimeFactor: z.number() });
type ModelRun = z.infer<typeof modelRun>;

const work = await mkdtemp(join(tmpdir(), 'sonidesk-bench-'));
try {
  const file = positionals[0] ?? (await demoSong(join(work, 'song'), () => undefined)).mix;
  // A home of its own with the same packs and licences, so that nothing has been computed before.
  const { packs } = directories();
  const runs: Record<'features' | 'separation', ModelRun[]> = { features: [], separation: [] };
  const separates = (await packOnDisk('htdemucs')) !== undefined;
  for (let round = 0; round < Number(values.rounds); round++) {
    const home = await mkdtemp(join(work, 'home-'));
    await symlink(packs, join(home, 'packs'));
    const out = join(home, 'out');
    const wanted = ['features', file, '-o', join(out, 'f.safetensors')];
    if (values.pack !== undefined) wanted.push('--pack', values.pack);
    runs.features.push(await sonidesk(home, wanted));
    if (separates) runs.separation.push(await sonidesk(home, ['split', file, '-o', out]));
  }
  const result = {
    file: positionals[0] ?? 'the demo song',
    threads: Number(values.threads),
    features: median(runs.features),
    separation: separates ? median(runs.separation) : null,
  };
  if (values.json) console.log(JSON.stringify(result, null, 2));
  else print(result);
} finally {
  await rm(work, { recursive: true, force: true });
}

/** Runs one command on the CPU and reads what it says of its model. */
async function sonidesk(home: string, args: readonly string[]): Promise<ModelRun> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      join(root, 'bin/sonidesk.mjs'),
      ...args,
      '--quiet',
      '--json',
      '--provider',
      'cpu',
      '--threads',
      values.threads,
    ],
    { env: { ...process.env, SONIDESK_HOME: home }, maxBuffer: 1 << 24 },
  );
  return modelRun.parse(JSON.parse(stdout));
}

function median(list: readonly ModelRun[]): ModelRun {
  return list.toSorted((a, b) => a.seconds - b.seconds)[list.length >> 1]!;
}

function print({
  file,
  threads,
  features,
  separation,
}: {
  file: string;
  threads: number;
  features: ModelRun;
  separation: ModelRun | null;
}): void {
  console.log(`${file}, ${threads} threads, median of ${values.rounds}`);
  for (const run of [features, ...(separation === null ? [] : [separation])]) {
    console.log(
      `${run.pack.padEnd(14)}${run.seconds.toFixed(2).padStart(8)} s  ${run.realtimeFactor.toFixed(2).padStart(7)} times real time`,
    );
  }
  if (separation === null) console.log('htdemucs is not installed, so there is no ratio to it');
  else
    console.log(
      `features take ${((100 * features.seconds) / separation.seconds).toFixed(1)} % of the time of htdemucs`,
    );
}
