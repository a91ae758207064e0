import { createHash } from 'node:crypto';
import { operations } from '../../contracts/operations.ts';
import { canonicalJson } from './canonicalJson.ts';
import { SourceFile, mapLinks, type AnyJob } from './job.ts';

export interface KeyParts {
  /** SHA-256 of a source file's content. */
  fileHash(path: string): string;
  /** The key of a job that this one rests on. */
  jobKey(job: AnyJob): string;
  /** The execution provider that the user has asked for; `null` leaves the choice to the host. */
  readonly provider: string | null;
}

/**
 * What a result is filed under: the hash of everything that it depends on. Equal keys are equal results, so
 * whatever is found under a key need not be computed again.
 */
export function keyOf(job: AnyJob, parts: KeyParts): string {
  const input = mapLinks(job.input, (link) =>
    link instanceof SourceFile
      ? { file: parts.fileHash(link.path) }
      : { result: parts.jobKey(link.job), part: link.name },
  );
  const content = canonicalJson({
    operation: job.operation,
    version: operations[job.operation].version,
    // The whole manifest: it holds the pack's version and the hash of each of its files.
    pack: job.pack,
    // A wish is part of the work. The host's own choice is not: it is only made among providers whose numbers
    // agree with the CPU's, and results go with a session to machines that would choose another.
    ...(job.pack !== null && parts.provider !== null && { provider: parts.provider }),
    input,
  });
  return createHash('sha256').update(content).digest('hex');
}
