import { asSoniError } from '../../main/contracts/errors.ts';
import type { RunRequest } from '../../main/contracts/workflows.ts';
import { createEngine } from '../../main/engine/workflows/engine.ts';

/** Runs everything on some files with the inference host that is named, as a process that can be killed. */
interface Order {
  readonly hostScript: string;
  readonly hostEnv: Record<string, string>;
  readonly sessionDirectory?: string;
  readonly request: RunRequest;
}

const order = JSON.parse(process.argv[2]!) as Order;
try {
  const engine = await createEngine({
    hostProgram: { script: order.hostScript, env: order.hostEnv },
    sessionDirectory: order.sessionDirectory,
  });
  try {
    await engine.run(order.request, { onProgress: ({ fraction }) => console.log(fraction) });
  } finally {
    await engine.close();
  }
} catch (thrown) {
  console.error(JSON.stringify(asSoniError(thrown).toPayload()));
  process.exitCode = 1;
}
