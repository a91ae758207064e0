import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const environment = { ONNXRUNTIME_NODE_INSTALL: 'skip' };

/** By default one processor is left to the tests' own programs; of two that is half, most of the time idle. */
const workers = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    env: environment,
    globalSetup: ['test/globalSetup.ts'],
    // For a machine that does ten other things; what hangs is found all the same.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    coverage: { include: ['main/**/*.ts'], exclude: ['**/*.test.ts', '**/*.slow.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          maxWorkers: workers,
          include: [
            'main/**/*.test.ts',
            'renderer/**/*.test.ts',
            'plugin-bridge/**/*.test.ts',
            'test/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'slow',
          include: ['main/**/*.slow.ts', 'plugin-bridge/**/*.slow.ts', 'test/**/*.slow.ts'],
          testTimeout: 900_000,
          maxWorkers: workers,
        },
      },
      {
        extends: true,
        test: {
          name: 'daw',
          include: ['test/daw/**/*.daw.ts'],
          // Ardour 7.3 now and then crashes by itself, without our plugin too. What fails twice is ours.
          retry: 1,
          setupFiles: ['test/daw/support/tellTries.ts'],
          // Four times what they take on a machine that does five other things.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
