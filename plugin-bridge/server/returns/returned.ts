import { z } from 'zod';
import { returnedStem } from '../../../main/contracts/bridge.ts';
import { stripSettings } from '../../../main/contracts/mixPlan.ts';
import type { ReturnKind } from '../../../main/contracts/session.ts';

/** Notes in seconds after their start, so that they fit whatever rate the instance has next time. */
const returnedNotes = z.object({
  midi: z.string(),
  startFrame: z.number().int(),
  /** The rate that `startFrame` counts in. */
  sampleRate: z.number().positive(),
  /** Onset, offset, channel, pitch, velocity. */
  notes: z.array(z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()])),
});
export type ReturnedNotes = z.infer<typeof returnedNotes>;

/** What the session keeps of each kind of return. */
export const returnPayloads = {
  stems: z.object({ stems: z.array(returnedStem) }),
  notes: returnedNotes,
  strip: z.object({ strip: stripSettings.nullable() }),
  name: z.object({ name: z.string() }),
  monitor: z.object({ source: z.enum(['original', 'stems']) }),
} as const satisfies Record<ReturnKind, z.ZodType>;
