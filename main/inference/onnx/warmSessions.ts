import { freemem } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';

/** Model files that are kept loaded at most, in bytes: HTDemucs and a few small ones. */
const keptBytes = 256 * 2 ** 20;
/** An idle model holds several times the size of its file; nobody needs it for ever. */
const idleMs = 60_000;
/** With less memory left on the machine nothing is kept. */
const spareBytes = 2 ** 30;

interface Warm {
  readonly key: string;
  readonly session: InferenceSession;
  readonly bytes: number;
}

/** Idle sessions, the one used last at the end. */
const idle: Warm[] = [];
let timer: NodeJS.Timeout | undefined;

/** An idle session that was kept under this key; it is the caller's now. */
export function takeWarm(key: string): InferenceSession | undefined {
  const at = idle.findIndex((warm) => warm.key === key);
  return at < 0 ? undefined : idle.splice(at, 1)[0]!.session;
}

/** Gives up idle sessions, the longest unused first, until those left fit beside a model of `bytes`. */
export async function makeRoom(bytes: number): Promise<void> {
  const total = () => idle.reduce((sum, warm) => sum + warm.bytes, bytes);
  while (idle.length > 0 && total() > keptBytes) await idle.shift()!.session.release();
}

/** Keeps a session for the next job with the same model, for a while and within bounds. */
export async function keepWarm(key: string, session: InferenceSession, bytes: number): Promise<void> {
  await makeRoom(bytes);
  if (bytes > keptBytes || freemem() < spareBytes) {
    await session.release();
    return;
  }
  idle.push({ key, session, bytes });
  clearTimeout(timer);
  timer = setTimeout(() => void releaseWarm(), idleMs);
  timer.unref();
}

/** Gives up all idle sessions. */
export async function releaseWarm(): Promise<void> {
  clearTimeout(timer);
  for (const { session } of idle.splice(0)) await session.release();
}
