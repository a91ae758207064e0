import { z } from 'zod';
import { operations, type OperationName } from './operations.ts';
import { packManifest, packTask } from './pack.ts';
import type { RpcContract } from './rpc.ts';

const operationName = z.enum(Object.keys(operations) as [OperationName, ...OperationName[]]);

/** Where the kernels of a model run, counted by onnxruntime itself. */
export const kernelPlacement = z.object({
  /** Those that ran on the provider and not on the CPU. */
  onProvider: z.number().int().nonnegative(),
  all: z.number().int().nonnegative(),
});
export type KernelPlacement = z.infer<typeof kernelPlacement>;

/** How a provider did on a pack's self-test. */
export const providerReport = z.object({
  provider: z.string(),
  usable: z.boolean(),
  /** Seconds of one window, after warm-up; `null` when it did not run. */
  secondsPerWindow: z.number().nonnegative().nullable(),
  /** Largest absolute difference to the CPU's numbers; `null` for the CPU itself or when it did not run. */
  maxError: z.number().nonnegative().nullable(),
  /** `null` for the CPU itself or when it did not run. */
  kernels: kernelPlacement.nullable(),
  /** Why it is not used, or what was noticed. */
  note: z.string().nullable(),
});
export type ProviderReport = z.infer<typeof providerReport>;

/** What the engine asks of an inference host, local or on another machine. */
export const inferenceHost = {
  methods: {
    run: {
      /** `input` is parsed with the operation's own schema. */
      input: z.object({ operation: operationName, input: z.unknown(), directory: z.string() }),
      output: z.unknown(),
      event: z.object({ done: z.number(), total: z.number(), note: z.string().optional() }),
    },
    info: {
      input: z.object({}),
      output: z.object({
        pid: z.number().int(),
        node: z.string(),
        onnxruntime: z.string(),
        threads: z.number().int(),
        /** Execution providers that this build and system could offer, best first. */
        providers: z.array(z.string()),
        residentBytes: z.number(),
      }),
    },
    /**
     * The manifest of an installed pack: the engine plans with its rate, stems and file hashes.
     * Fails as `bad-usage` (it is not for the task), `not-found`, `licence-required`, `newer-format` or `corrupt`.
     */
    describePack: {
      input: z.object({ pack: z.string(), task: packTask.optional() }),
      output: packManifest,
    },
    selfTest: {
      input: z.object({ pack: z.string(), force: z.boolean() }),
      output: z.object({ chosen: z.string(), reports: z.array(providerReport) }),
    },
  },
  topics: {},
} as const satisfies RpcContract;
