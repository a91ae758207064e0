import { Command } from 'commander';
import type { BridgeEvent } from '../../contracts/bridge.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, folder } from '../engineOptions.ts';

interface ServeOptions {
  readonly session?: string;
  readonly tcp?: true;
  readonly reastream?: true;
  readonly open?: true;
  readonly json?: true;
}

const seconds = (frames: number, sampleRate: number): string => `${(frames / sampleRate).toFixed(2)} s`;

/** One line for people; null for what only programs want to know. */
export function eventText(event: BridgeEvent): string | null {
  switch (event.type) {
    case 'connected': {
      const { host, format, sampleRate } = event.plugin;
      return `${event.name}: connected (${[host, format, `${sampleRate} Hz`].filter(Boolean).join(', ')})`;
    }
    case 'disconnected':
      return `${event.name}: disconnected, ${event.reason}`;
    case 'refused':
      return `A plugin was refused (${event.kind}): ${event.message}`;
    case 'track':
      return `${event.name}: changed`;
    case 'take-started':
      return `${event.name}: recording from frame ${event.hostStart}`;
    case 'take-ended':
      return `${event.name}: take of ${seconds(event.take.frames, event.take.sampleRate)}, ${event.take.audio}`;
    case 'gap':
      return `${event.name}: ${event.frames} frames were lost`;
    case 'status':
      return event.message === '' ? null : `${event.name}: ${event.message}`;
    case 'confirmed':
      return `${event.name}: has its ${event.kind}`;
    case 'takes-chosen':
      return `Chosen takes changed: ${event.reason}`;
    case 'parameters':
      return null;
    case 'trouble':
    case 'recovered':
      return event.message;
  }
}

export function serveCommand(context: CommandContext): Command {
  const command = new Command('serve')
    .summary('wait for plugins in DAWs and record their tracks')
    .description(
      'Waits for SoniDesk plugins, records what their tracks play, and gives results back to them, until Ctrl-C.',
    )
    .option(
      '--session <folder>',
      'session folder for takes and results (default: one of your own, said at the start)',
      folder,
    )
    .option('--tcp', 'listen on the loopback address instead of a Unix socket or named pipe')
    .option('--reastream', `also record REAPER's ReaStream plug-in (UDP port 58710, this machine only)`)
    .option('--open', 'also open the window in your browser')
    .option('--json', 'events as JSON on stdout, one a line');
  examples(
    command,
    'serve',
    'serve --session my-song',
    'serve --session my-song --json',
    'serve --reastream',
    'serve --open',
  );
  return command.action(async (options: ServeOptions) => {
    const { serveSession } = await import('../serve/serveSession.ts');
    await serveSession(options, context, eventText);
  });
}
