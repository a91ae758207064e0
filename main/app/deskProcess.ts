import { openDesk } from '../cli/openDesk.ts';
import { createEngine } from '../engine/workflows/engine.ts';
import { defaultHostProgram } from '../engine/host/program.ts';
import { asSoniError } from '../contracts/errors.ts';
import { connectMessage, endMessage, type Refusal } from '../contracts/utilityPrograms.ts';
import { messagePortTransport } from '../rpc/messagePortTransport.ts';
import { utilityParent, type UtilityPort } from '../rpc/program/utilityParent.ts';

const parentPort = utilityParent();
if (parentPort === null) {
  throw new Error('This program is started by the SoniDesk app; it does nothing by itself.');
}

/**
 * The engine with its desk and the plugins' server as a utility process of the app. Each port that
 * is handed over is a window's, or the shell's own; windows come and go while jobs go on.
 */
const waiting: UtilityPort[] = [];
let welcome = (port: UtilityPort) => void waiting.push(port);
let close = () => Promise.resolve();
parentPort.on('message', ({ data, ports }) => {
  const { type } = data as { readonly type: string };
  const [port] = ports;
  if (type === connectMessage.type && port !== undefined) welcome(port);
  else if (type === endMessage.type) void close().then(() => process.exit(0));
});
// Ctrl-C in a terminal reaches every process of the group; the shell ends this one in order.
process.on('SIGINT', () => undefined);

const engine = await createEngine({ hostProgram: defaultHostProgram() });
close = () => engine.close();
try {
  const opened = await openDesk(engine);
  close = async () => {
    await opened[Symbol.asyncDispose]();
    await engine.close();
  };
  welcome = (port) => void opened.desk.serve(messagePortTransport(port));
  for (const port of waiting.splice(0)) welcome(port);
} catch (thrown) {
  const error = asSoniError(thrown);
  // What is broken is no matter for the user; what another program holds, or a folder that cannot be written, is.
  if (error.kind === 'internal') throw thrown;
  parentPort.postMessage({ type: 'refused', message: error.message } satisfies Refusal);
}
