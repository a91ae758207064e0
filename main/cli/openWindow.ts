import { spawn } from 'node:child_process';
import { asSoniError } from '../contracts/errors.ts';
import type { Desk } from '../desk/desk.ts';
import { createEngine } from '../engine/workflows/engine.ts';
import { memoryTransportPair } from '../rpc/memoryTransport.ts';
import { createClient } from '../rpc/client.ts';
import { desk as deskContract } from '../contracts/desk.ts';
import { serveWindow, type WindowServer } from '../web/serveWindow.ts';
import type { CommandContext } from './commandContext.ts';
import { hostProgram } from './engineJob.ts';
import type { EngineOptions } from './engineOptions.ts';
import { openDesk } from './openDesk.ts';

interface WindowOptions extends EngineOptions {
  readonly port?: number;
  readonly browser: boolean;
}

/** Serves the window and the plugins until it is told to end, and opens it in the browser of this machine. */
export async function openWindow(
  files: readonly string[],
  options: WindowOptions,
  context: CommandContext,
): Promise<void> {
  const engine = await createEngine({
    sessionDirectory: options.session,
    hostProgram: hostProgram(options),
  });
  try {
    await using opened = await openDesk(engine);
    const { desk } = opened;
    await using server = await windowOf(desk, options.port);
    if (files.length > 0) {
      const [near, far] = memoryTransportPair();
      desk.serve(far);
      await createClient(deskContract, near).call('open', { paths: [...files], together: false });
    }
    context.print(server.address);
    if (options.browser) openBrowser(server.address, context);
    await ended(context.signal);
  } finally {
    await engine.close();
  }
}

/** The window of a desk, in the browser. What keeps it from opening is said; the work goes on without it. */
export async function openWindowOf(desk: Desk, context: CommandContext): Promise<AsyncDisposable | null> {
  try {
    const server = await windowOf(desk);
    context.say(`The window: ${server.address}`);
    openBrowser(server.address, context);
    return server;
  } catch (thrown) {
    context.say(`The window could not be opened: ${asSoniError(thrown).message}`);
    return null;
  }
}

async function windowOf(desk: Desk, port?: number): Promise<WindowServer & AsyncDisposable> {
  const server = await serveWindow(desk, port === undefined ? {} : { port });
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}

const ended = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Each system's own way to open an address. */
function openBrowser(address: string, context: CommandContext): void {
  const [command, ...before] = {
    win32: ['explorer.exe'],
    darwin: ['open'],
  }[process.platform as string] ?? ['xdg-open'];
  const child = spawn(command!, [...before, address], { stdio: 'ignore', detached: true });
  child.on('error', () => context.say('No browser could be opened; open the address above yourself.'));
  child.unref();
}
