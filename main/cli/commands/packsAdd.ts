import { Command } from 'commander';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

interface AddOptions {
  readonly acceptLicence?: true;
  readonly quiet?: true;
  readonly json?: true;
}

export function packsAddCommand(context: CommandContext): Command {
  const command = new Command('add')
    .description('Downloads a pack, checks it against its hashes and installs it.')
    .argument('<pack>', 'id of a known pack, or a manifest.json or its folder')
    .option('--accept-licence', "accept the pack's licence, which is shown first")
    .option('-q, --quiet', 'no progress')
    .option('--json', 'what was installed as JSON on stdout');
  examples(
    command,
    'packs add basic-pitch',
    'packs add htdemucs --accept-licence',
    'packs add ./my-pack --json',
  );
  return command.action(async (idOrFile: string, { acceptLicence, quiet, json }: AddOptions) => {
    const { addWithConsent } = await import('../packAccess.ts');
    const { manifest, directory } = await addWithConsent(
      idOrFile,
      { acceptLicence: acceptLicence === true, quiet: quiet === true },
      context,
    );
    const { id, version } = manifest;
    if (json) context.printJson({ id, version, directory });
    else context.print(`${id} ${version} is installed in ${directory}`);
  });
}
