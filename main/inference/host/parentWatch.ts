import { Worker } from 'node:worker_threads';

/** Milliseconds between looks at the parent process. */
const intervalMs = 500;

/**
 * Ends this process soon after its parent died, even in the middle of a model run, which blocks the main
 * thread for seconds: a new engine must not find an old host still writing into its folders.
 * The thread does nothing but look and kill; onnxruntime is never in it.
 */
export function endWithParent(): void {
  const watcher = new Worker(
    `const parent = ${process.ppid};
    const gone = () => {
      if (process.ppid !== parent) return true;
      try { process.kill(parent, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
    };
    setInterval(() => { if (gone()) process.kill(process.pid, 'SIGKILL'); }, ${intervalMs});`,
    { eval: true, stdout: false, stderr: false, resourceLimits: { maxOldGenerationSizeMb: 8 } },
  );
  watcher.unref();
}
