import { parentTransport } from '../../main/rpc/processTransport.ts';
import { serve } from '../../main/rpc/serve.ts';
import { suiteContract, suiteHandlers } from './suiteServer.ts';

/** The serving side of the transport suite as a process of its own. */
const server = serve(
  suiteContract,
  suiteHandlers(() => process.kill(process.pid, 'SIGKILL')),
  parentTransport(),
);
void server.closed.then(() => process.exit(0));
