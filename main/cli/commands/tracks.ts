import { Command } from 'commander';
import type { BridgeTrack } from '../../contracts/bridge.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples } from '../engineOptions.ts';

function text({ name, slot, group, plugin, takes, comp, returned: all }: BridgeTrack): string {
  const returned = all.filter(({ kind }) => kind !== 'name');
  const facts = [
    slot > 0 ? `slot ${slot}` : null,
    group === null ? null : `group ${group}`,
    plugin === null
      ? 'not connected'
      : [plugin.host, plugin.format, `${plugin.sampleRate} Hz`].filter(Boolean).join(' '),
    plugin?.recording == null ? null : 'recording',
    `${takes.length} ${takes.length === 1 ? 'take' : 'takes'}`,
    comp.length > 0 ? `comp of ${comp.length} ${comp.length === 1 ? 'region' : 'regions'}` : null,
    returned.length > 0
      ? `returned ${returned.map(({ kind, confirmed }) => (confirmed === null ? `${kind} (waiting)` : kind)).join(', ')}`
      : null,
    plugin === null || plugin.message === '' ? null : plugin.message,
  ];
  return `${name}: ${facts.filter((fact) => fact !== null).join(', ')}`;
}

export function tracksCommand(context: CommandContext): Command {
  const command = new Command('tracks')
    .summary('list the tracks of the session that is being served')
    .description(
      'Lists the tracks whose plugins have been seen: who is connected, what was recorded and returned.',
    )
    .option('--json', 'everything as JSON on stdout');
  return examples(command, 'tracks', 'tracks --json').action(async ({ json }: { json?: true }) => {
    const { withBridge } = await import('../serve/withBridge.ts');
    const tracks = await withBridge((bridge) => bridge.call('tracks', {}));
    if (json) context.printJson(tracks);
    else context.print(tracks.length === 0 ? 'No tracks yet.' : tracks.map(text).join('\n'));
  });
}
