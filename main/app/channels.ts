import { z } from 'zod';

const path = z.string().min(1).max(4096);
const line = z.string().max(500);

/** Every message that a window may send to the shell, with the schema of what it carries. */
export const requests = {
  'choose-files': z.tuple([]),
  'choose-folder': z.tuple([]),
  'show-file': z.tuple([path]),
} as const;

export const messages = {
  connect: z.tuple([]),
  'drag-out': z.tuple([path]),
  'show-progress': z.tuple([z.number().min(0).max(1).nullable()]),
  notify: z.tuple([line, line]),
  ready: z.tuple([]),
} as const;

/** From the shell to a window. */
export const toWindow = { port: 'desk-port', openFiles: 'open-files' } as const;
