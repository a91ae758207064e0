// The inference host: a process of its own that runs models and everything else heavy. Started by the engine
// with an IPC channel, over which it serves the contract; it ends when the channel closes or the parent dies.
import { inferenceHost } from '../contracts/inferenceHost.ts';
import { parentTransport } from '../rpc/processTransport.ts';
import { serve } from '../rpc/serve.ts';
import { hostHandlers } from './host/handlers.ts';
import { runCommand } from './helper/commands.ts';
import { endWithParent } from './host/parentWatch.ts';

const exitCode = await runCommand(process.argv.slice(2));
if (exitCode !== undefined) {
  process.exitCode = exitCode;
} else {
  // Ctrl-C in a terminal reaches every process of the group; the engine cancels in order, this one waits for it.
  process.on('SIGINT', () => undefined);
  endWithParent();
  const transport = parentTransport();
  // At once, before a running operation gets its next turn: nothing is to be written any more.
  transport.onClose(() => process.exit(0));
  serve(inferenceHost, hostHandlers(), transport);
}
