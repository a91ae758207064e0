import { dirname, join, resolve } from 'node:path';
import type { BridgeEvent } from '../../contracts/bridge.ts';
import { Session } from '../../engine/session/session.ts';
import { directories } from '../../platform/directories.ts';
import { BridgeServer } from '../../../plugin-bridge/server/bridgeServer.ts';
import { serveControl } from '../../../plugin-bridge/server/control/controlSocket.ts';
import { reaStreamPort } from '../../../plugin-bridge/server/reastream/reaStreamInput.ts';
import type { CommandContext } from '../commandContext.ts';
import { version } from '../installation.ts';

export interface ServeSettings {
  readonly session?: string;
  readonly tcp?: true;
  readonly reastream?: true;
  readonly json?: true;
}

/** Takes are the user's own: they do not belong into a cache. */
const defaultSession = (): string => join(dirname(directories().packs), 'sessions', 'default');

/** Serves until the signal: the first line of output is the address. */
export async function serveSession(
  { session: folder, tcp, reastream, json }: ServeSettings,
  context: CommandContext,
  text: (event: BridgeEvent) => string | null,
): Promise<void> {
  const session = await Session.open(resolve(folder ?? defaultSession()));
  try {
    const tell = (event: BridgeEvent) => {
      const line = json ? JSON.stringify(event) : text(event);
      if (line !== null) context.print(line);
    };
    await using server = await BridgeServer.start({
      session,
      version,
      listen: tcp ? 'tcp' : 'auto',
      onControl: serveControl,
      ...(reastream && { reaStreamPort }),
    });
    const ready = { address: server.address, endpointFile: server.endpointFile, session: session.directory };
    context.print(
      json
        ? JSON.stringify({ type: 'serving', ...ready })
        : `Serving ${ready.session} at ${ready.address} (${ready.endpointFile}); Ctrl-C ends it.`,
    );
    for (const message of server.recoveredTakes) tell({ type: 'recovered', message });
    server.onEvent(tell);
    await ended(context.signal);
  } finally {
    session.close();
  }
}

/** Ctrl-C, or nobody reads what is told any more (`sonidesk serve | head`): takes are ended tidily either way. */
function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // In place of the handler of all commands, which ends the process at once.
    process.stdout.removeAllListeners('error').on('error', () => resolve());
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
