import { Command, InvalidArgumentError } from 'commander';
import type { BridgeTrack } from '../../contracts/bridge.ts';
import { SoniError } from '../../contracts/errors.ts';
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

interface TracksOptions {
  readonly track?: string;
  readonly name?: string;
  readonly colour?: string;
  readonly group?: string;
  readonly json?: true;
}

const colourText = (text: string): string => {
  if (!/^#[0-9a-f]{6}$/i.test(text)) throw new InvalidArgumentError('A colour like #3366cc was expected.');
  return text.toLowerCase();
};

export function tracksCommand(context: CommandContext): Command {
  const command = new Command('tracks')
    .summary('list the tracks of the session that is being served, name and group them')
    .description(
      'Lists the tracks whose plugins have been seen: who is connected, what was recorded and returned. With --track it changes one; its plugin is told.',
    )
    .option('--track <name>', 'the track to change: name, slot or id')
    .option('--name <name>', 'its new name')
    .option('--colour <colour>', 'its colour, #rrggbb', colourText)
    .option('--group <name>', 'the group it belongs to; empty for none')
    .option('--json', 'everything as JSON on stdout');
  examples(
    command,
    'tracks',
    'tracks --json',
    'tracks --track 3 --name "Snare top" --group Drums --colour "#d8743d"',
  );
  return command.action(async ({ track, name, colour, group, json }: TracksOptions) => {
    if (track === undefined && (name ?? colour ?? group) !== undefined) {
      throw new SoniError('bad-usage', 'Say which track is to be changed: --track <name>.');
    }
    const { withBridge } = await import('../serve/withBridge.ts');
    const tracks = await withBridge(async (bridge) =>
      track === undefined
        ? bridge.call('tracks', {})
        : [await bridge.call('changeTrack', { track, name, colour, group: group === '' ? null : group })],
    );
    if (json) context.printJson(tracks);
    else context.print(tracks.length === 0 ? 'No tracks yet.' : tracks.map(text).join('\n'));
  });
}
