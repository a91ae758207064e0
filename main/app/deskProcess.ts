import { openDesk } from '../cli/openDesk.ts';
import { createEngine } from '../engine/workflows/engine.ts';
import { defaultHostProgram } from '../engine/host/program.ts';
import { messagePortTransport } from '../rpc/messagePortTransport.ts';

/** What Electron gives a utility process; this program imports nothing of Electron. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: readonly Port[] }) => void): void;
}
type Port = Parameters<typeof messagePortTransport>[0];

const { parentPort } = process as unknown as { parentPort?: ParentPort };
if (parentPort === undefined) {
  throw new Error('This program is started by the SoniDesk app; it does nothing by itself.');
}

/**
 * The engine with its desk and the plugins' server as a utility process of the app. Each message brings the port of one window, or of
 * the shell itself; windows come and go while jobs go on. A message without a port asks it to end.
 */
const waiting: Port[] = [];
let welcome = (port: Port) => void waiting.push(port);
let close = () => Promise.resolve();
parentPort.on('message', ({ ports }) => {
  const [port] = ports;
  if (port !== undefined) welcome(port);
  else void close().then(() => process.exit(0));
});

const engine = await createEngine({ hostProgram: defaultHostProgram() });
const opened = await openDesk(engine);
close = async () => {
  await opened[Symbol.asyncDispose]();
  await engine.close();
};
welcome = (port) => void opened.desk.serve(messagePortTransport(port));
for (const port of waiting.splice(0)) welcome(port);
