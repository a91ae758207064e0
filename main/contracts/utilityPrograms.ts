import { z } from 'zod';

/** A utility process cannot start another one: it asks the shell for it. Only programs of our own are started. */
export const programRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start-program'),
    /** The asker's own number for it. */
    id: z.number().int().nonnegative(),
    script: z.string().max(4096),
    args: z.array(z.string().max(1 << 20)).max(16),
    env: z.record(z.string(), z.string()),
  }),
  /** Ends it now, whatever it is doing. */
  z.object({ type: z.literal('kill-program'), id: z.number().int().nonnegative() }),
]);
export type ProgramRequest = z.infer<typeof programRequest>;

/** What the shell tells the asker; the port to the new process comes with `program-started`. */
export const programNews = z.discriminatedUnion('type', [
  z.object({ type: z.literal('program-started'), id: z.number(), pid: z.number().int().positive() }),
  z.object({
    type: z.literal('program-ended'),
    id: z.number(),
    exitCode: z.number().nullable(),
    signal: z.string().nullable(),
    stderrTail: z.string(),
  }),
]);
export type ProgramNews = z.infer<typeof programNews>;

/** The shell to a utility process: the port that comes along is a connection to who asked for it, or to a window. */
export const connectMessage = { type: 'connect' } as const;

/** The shell to the engine's process: put everything away and end. */
export const endMessage = { type: 'end' } as const;

/** The engine's process to the shell: it cannot open its folders, why, and what to do. It waits to be ended. */
export const refusal = z.object({ type: z.literal('refused'), message: z.string() });
export type Refusal = z.infer<typeof refusal>;
