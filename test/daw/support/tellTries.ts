import { afterEach } from 'vitest';

// A test that passes when it is tried again says nothing of what failed first.
afterEach(({ task }) => {
  for (const { message, stack } of task.result?.errors ?? []) {
    console.log(`A try of "${task.name}" failed: ${message}\n${stack ?? ''}`);
  }
});
