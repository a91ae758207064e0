/**
 * The key of excerpts with known truth: by signal processing, by the head with features, by both at each weight.
 *
 *   node test/bench/run.mjs keys FOLDER [--most 100] [--weights 2,4,6,8,12]
 *
 * FOLDER is searched for mix.flac beside truth.json (`python -m sonido.probe.material`): the pack's weight is chosen on its
 * `validation`, its `test` is what RESULTS.md reports. Scores as MIREX: 1 right, 0.5 a fifth off, 0.3 relative, 0.2 parallel.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { tag } from '../../main/analysis/tag.ts';
import { decode } from '../../main/audio/decode/decodeOperation.ts';
import type { FeatureLevel } from '../../main/contracts/features.ts';
import { keyAt, type KeyFit } from '../../main/contracts/tags.ts';
import { likeliestKey } from '../../main/engine/workflows/heardTags.ts';
import { embedClips } from '../../main/inference/features/embedClips.ts';
import { features } from '../../main/inference/features/features.ts';
import { tokenise } from '../../main/inference/features/tokenise.ts';
import { recognise } from '../../main/inference/tagging/recognise.ts';
import { keyScore } from './support/keyScore.ts';

const { values, positionals } = parseArgs({
  options: {
    most: { type: 'string', default: '1000' },
    weights: { type: 'string', default: '2,4,6,8,12' },
    features: { type: 'string', default: 'sonido-s' },
    head: { type: 'string', default: 'sonido-tags' },
    verbose: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const folder = positionals[0];
if (folder === undefined) {
  console.error('Usage: node test/bench/run.mjs keys [--most 100] [--weights 2,4,6,8,12] [--verbose] FOLDER');
  process.exit(2);
}
const truthFile = z.object({ keys: z.array(z.tuple([z.number(), z.string()])) });
const scratch = mkdtempSync(join(tmpdir(), 'sonidesk-keys-'));
const signal = new AbortController().signal;

/** The key of the whole excerpt; `null` where there is none or it changes. */
function keyOf(folder: string): string | null {
  const { keys } = truthFile.parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')));
  const names = new Set(keys.map(([, name]) => name));
  return names.size === 1 ? keys[0]![1] : null;
}

interface Opinions {
  readonly truth: string;
  readonly corpus: string;
  readonly measured: KeyFit;
  readonly heard: KeyFit;
}

async function opinionsOf(mix: string): Promise<Opinions | null> {
  const truth = keyOf(dirname(mix));
  if (truth === null) return null;
  const made = mkdtempSync(join(scratch, 'piece-'));
  const inFolder = (name: string) => {
    const directory = join(made, name);
    mkdirSync(directory);
    return { signal, directory, progress: () => undefined };
  };
  const decoded = inFolder('decode');
  const audio = join(decoded.directory, (await decode({ source: mix }, decoded)).audio);
  const { keyFit } = await tag({ audio }, inFolder('tag'));
  const stage1 = inFolder('tokenise');
  const tokens = join(stage1.directory, (await tokenise({ audio, pack: values.features }, stage1)).tokens);
  const embedding = inFolder('clips');
  const clips = join(
    embedding.directory,
    (await embedClips({ audio, pack: values.features }, embedding)).clips,
  );
  const ofLevel = async (level: FeatureLevel) => {
    const at = inFolder(level);
    return join(at.directory, (await features({ tokens, clips, pack: values.features, level }, at)).features);
  };
  const known = {
    coarse: await ofLevel('coarse'),
    medium: await ofLevel('medium'),
    fine: await ofLevel('fine'),
    clips,
  };
  const { heardKey } = await recognise({ audio, pack: values.head, features: known }, inFolder('recognise'));
  rmSync(made, { recursive: true });
  if (keyFit === null || heardKey === null) return null;
  return {
    truth,
    corpus: basename(dirname(dirname(mix))),
    measured: keyFit,
    heard: heardKey.logProbabilities,
  };
}

const mixes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => basename(path) === 'mix.flac')
  .toSorted()
  .map((path) => join(folder, path));
const found: Opinions[] = [];
for (const mix of mixes) {
  if (found.length >= Number(values.most)) break;
  const opinions = await opinionsOf(mix);
  if (opinions !== null) found.push(opinions);
  if (values.verbose) console.log(`${found.length}: ${mix}`);
}
rmSync(scratch, { recursive: true });

const likeliest = (fit: KeyFit) => keyAt(fit.indexOf(Math.max(...fit)));
const weights = values.weights.split(',').map(Number);
const judges: readonly (readonly [string, (piece: Opinions) => number])[] = [
  ['measured', ({ truth, measured }) => keyScore(truth, likeliest(measured))],
  ['heard', ({ truth, heard }) => keyScore(truth, likeliest(heard))],
  ...weights.map(
    (weight) =>
      [
        `weight ${weight}`,
        ({ truth, measured, heard }: Opinions) => keyScore(truth, likeliestKey(measured, heard, weight)),
      ] as const,
  ),
];
const corpora = [...new Set(found.map(({ corpus }) => corpus))].toSorted();
console.log(
  `| ${found.length} excerpts | all | ${corpora.map((name) => `${name} (${found.filter(({ corpus }) => corpus === name).length})`).join(' | ')} |`,
);
console.log(`|---|---|${corpora.map(() => '---|').join('')}`);
for (const [name, judge] of judges) {
  const mean = (pieces: readonly Opinions[]) =>
    (pieces.reduce((sum, piece) => sum + judge(piece), 0) / pieces.length).toFixed(3);
  const cells = corpora.map((corpus) => mean(found.filter((piece) => piece.corpus === corpus)));
  console.log(`| ${name} | ${[mean(found), ...cells].join(' | ')} |`);
}
