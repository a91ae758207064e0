import type { z } from 'zod';
import { SoniError } from '../../contracts/errors.ts';

/** @throws SoniError `bad-usage` */
export function parseRequest<Schema extends z.ZodType>(
  schema: Schema,
  request: unknown,
  name: string,
): z.output<Schema> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`);
  throw new SoniError('bad-usage', `"${name}" was asked for wrongly; ${wrong.join('; ')}`);
}
