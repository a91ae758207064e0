/**
 * How often the roles that the mix assistant hears agree with those that the files' names tell.
 *
 *   node test/bench/run.mjs roles FOLDER
 *
 * FOLDER holds WAV files such as 3.Sodium-HVY_KICK.wav; what stands behind the first "-" is the track's name. Compared
 * are the rules on measured levels and spectra (roleOfFeatures) and, with --head, the shipped head on mel bands. The
 * shipped head was trained on the EIR songs, so its number on them says nothing; models/RESULTS.md has the fair one.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { recognise } from '../../main/inference/tagging/recognise.ts';
import { Passes } from '../../main/mix/passes.ts';
import { roleOfFeatures } from '../../main/mix/roleOfFeatures.ts';
import { roleOfHeard } from '../../main/mix/roleOfHeard.ts';
import { roleOfName } from '../../main/mix/roleOfName.ts';
import { Checkpoint } from '../../main/platform/checkpoint.ts';

const { values, positionals } = parseArgs({
  options: { head: { type: 'boolean', default: false }, verbose: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const folder = positionals[0];
if (folder === undefined) {
  console.error('Usage: node test/bench/run.mjs roles [--head] [--verbose] FOLDER');
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'sonidesk-roles-'));
const context = {
  signal: new AbortController().signal,
  directory: scratch,
  progress: () => undefined,
};
let files = 0;
const right = { rules: 0, head: 0 };
for (const file of readdirSync(folder).toSorted()) {
  if (!file.endsWith('.wav')) continue;
  const truth = roleOfName(file.slice(file.indexOf('-') + 1));
  if (truth === null) continue;
  const audio = join(folder, file);
  const passes = new Passes(1, context, await Checkpoint.open(scratch, file));
  const rules = roleOfFeatures(await passes.measure({ path: audio }, 1));
  passes.finish();
  const heard = values.head ? await recognise({ audio, pack: 'sonido-tags', features: null }, context) : null;
  const head = heard === null ? null : roleOfHeard(heard.roles);
  files++;
  if (rules === truth) right.rules++;
  if (head === truth) right.head++;
  if (values.verbose) console.log(`${file}: ${truth}, rules ${rules}, head ${head ?? '-'}`);
}
rmSync(scratch, { recursive: true });
const part = (count: number) => `${count} of ${files} (${(count / files).toFixed(3)})`;
console.log(`rules ${part(right.rules)}${values.head ? `, head ${part(right.head)}` : ''}`);
