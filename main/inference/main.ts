// The inference host: a process of its own that runs models and everything else heavy. Started by the engine
// with a channel, over which it serves the contract; it ends when the channel closes or the parent dies.
import './onnx/noTelemetry.ts';
import { inferenceHost } from '../contracts/inferenceHost.ts';
import { parentTransport } from '../rpc/program/parentTransport.ts';
import { serve } from '../rpc/serve.ts';
import { hostHandlers } from './host/handlers.ts';
import { commandOf } from './helper/commands.ts';
import { endWithParent } from './host/parentWatch.ts';

// Ctrl-C in a terminal reaches every process of the group; the engine cancels in order, this one waits for it.
process.on('SIGINT', () => undefined);
endWithParent();
const transport = await parentTransport();
// At once, before a running operation gets its next turn: nothing is to be written any more.
transport.onClose(() => process.exit(0));
const command = commandOf(process.argv.slice(2));
if (command === undefined) serve(inferenceHost, hostHandlers(), transport);
else transport.send(await command());
