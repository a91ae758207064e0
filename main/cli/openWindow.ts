import { spawn } from 'node:child_process';
import { asSoniError } from '../contracts/errors.ts';
import { createDesk } from '../desk/desk.ts';
import { createEngine } from '../engine/workflows/engine.ts';
import { memoryTransportPair } from '../rpc/memoryTransport.ts';
import { createClient } from '../rpc/client.ts';
import { desk as deskContract } from '../contracts/desk.ts';
import { serveWindow } from '../web/serveWindow.ts';
import type { CommandContext } from './commandContext.ts';
import { checkup } from './doctor/checkup.ts';
import { hostProgram } from './engineJob.ts';
import type { EngineOptions } from './engineOptions.ts';
import { version } from './installation.ts';

interface WindowOptions extends EngineOptions {
  readonly port?: number;
  readonly browser: boolean;
}

/** Serves the window until it is told to end, and opens it in the browser of this machine. */
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
    const desk = await createDesk({ engine, version, checkup });
    try {
      const server = await serveWindow(desk, options.port === undefined ? {} : { port: options.port });
      try {
        if (files.length > 0) {
          const [near, far] = memoryTransportPair();
          desk.serve(far);
          await createClient(deskContract, near).call('open', { paths: [...files], together: false });
        }
        context.print(server.address);
        if (options.browser) openBrowser(server.address, context);
        await ended(context.signal);
      } finally {
        await server.close();
      }
    } finally {
      await desk.close();
    }
  } finally {
    await engine.close();
  }
}

/**
 * The window beside other work, for as long as that takes. Standard output belongs to the other; that the window
 * cannot be opened is no reason to stop it.
 */
export async function withWindow(work: () => Promise<void>, context: CommandContext): Promise<void> {
  const stop = new AbortController();
  const beside = { ...context, signal: stop.signal, print: (text: string) => context.say(text) };
  const window = openWindow([], { browser: true }, beside).catch((thrown: unknown) =>
    context.say(`The window could not be opened: ${asSoniError(thrown).message}`),
  );
  try {
    await work();
  } finally {
    stop.abort();
    await window;
  }
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
