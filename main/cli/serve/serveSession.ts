import type { BridgeEvent } from '../../contracts/bridge.ts';
import { createEngine } from '../../engine/workflows/engine.ts';
import { reaStreamPort } from '../../../plugin-bridge/server/reastream/reaStreamInput.ts';
import type { CommandContext } from '../commandContext.ts';
import { openServingDesk } from '../openDesk.ts';
import { openWindowOf } from '../openWindow.ts';

export interface ServeSettings {
  readonly session?: string;
  readonly tcp?: true;
  readonly reastream?: true;
  readonly open?: true;
  readonly json?: true;
}

/** Serves until the signal, engine jobs as well: the first line of output is the address. */
export async function serveSession(
  { session: folder, tcp, reastream, open, json }: ServeSettings,
  context: CommandContext,
  text: (event: BridgeEvent) => string | null,
): Promise<void> {
  const tell = (event: BridgeEvent) => {
    const line = json ? JSON.stringify(event) : text(event);
    if (line !== null) context.print(line);
  };
  const engine = await createEngine();
  try {
    await using opened = await openServingDesk(engine, {
      sessionFolder: folder,
      listen: tcp ? 'tcp' : 'auto',
      ...(reastream && { reaStreamPort }),
    });
    const { server, session } = opened.bridge;
    const ready = { address: server.address, endpointFile: server.endpointFile, session: session.directory };
    context.print(
      json
        ? JSON.stringify({ type: 'serving', ...ready })
        : `Serving ${ready.session} at ${ready.address} (${ready.endpointFile}); Ctrl-C ends it.`,
    );
    for (const message of server.recoveredTakes) tell({ type: 'recovered', message });
    server.onEvent(tell);
    await using window = open ? await openWindowOf(opened.desk, context) : null;
    void window;
    await ended(context.signal);
  } finally {
    await engine.close();
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
