import { Command } from 'commander';
import type { PackListEntry } from '../../inference/packs/findPack.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

function state({ installed, problem, manifest, licenceAccepted }: PackListEntry): string {
  if (problem !== null) return 'damaged';
  if (!installed) return 'not installed';
  return manifest?.licence.mustAccept === true && !licenceAccepted ? 'licence not accepted' : 'installed';
}

const row = (entry: PackListEntry): object => ({
  id: entry.id,
  state: state(entry),
  version: entry.manifest?.version ?? null,
  name: entry.manifest?.name ?? null,
  summary: entry.manifest?.summary ?? null,
  tasks: entry.manifest?.tasks ?? [],
  licence: entry.manifest?.licence.id ?? null,
  mustAccept: entry.manifest?.licence.mustAccept ?? null,
  licenceAccepted: entry.licenceAccepted,
  problem: entry.problem,
});

const text = (entry: PackListEntry): string =>
  [
    `${entry.id} ${entry.manifest?.version ?? ''}: ${state(entry)}`,
    entry.problem === null
      ? `    ${entry.manifest?.name}: ${entry.manifest?.summary} Licence: ${entry.manifest?.licence.id}.`
      : `    ${entry.problem}`,
  ].join('\n');

export function packsListCommand(context: CommandContext): Command {
  const command = new Command('list')
    .description('Lists the packs that are known or installed.')
    .option('--json', 'the list as JSON on stdout');
  return examples(command, 'packs list', 'packs list --json').action(async ({ json }: { json?: true }) => {
    const { listPacks } = await import('../../inference/packs/findPack.ts');
    const packs = await listPacks();
    if (json) context.printJson(packs.map(row));
    else context.print(packs.map(text).join('\n'));
  });
}
