import { parentTransport } from '../../main/rpc/program/parentTransport.ts';
import { serve } from '../../main/rpc/serve.ts';
import { suiteContract, suiteHandlers } from './suiteServer.ts';

/** The serving side of the transport suite as a process of its own. */
const server = serve(
  suiteContract,
  suiteHandlers(() => process.kill(process.pid, 'SIGKILL')),
  await parentTransport(),
);
void server.closed.then(() => process.exit(0));
