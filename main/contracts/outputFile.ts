import { z } from 'zod';

/**
 * The path of a file to write. Its suffix is one of those that such a file has, so that a mistyped name never
 * replaces a file of another kind.
 */
export const outputFile = (...suffixes: readonly [string, ...string[]]) =>
  z
    .string()
    .min(1, { error: 'A path was expected, not an empty text.', abort: true })
    .refine((path) => suffixes.some((suffix) => hasSuffix(path, suffix)), {
      error: ({ input }) =>
        `${String(input)} was given; a file name that ends in ${suffixes.join(' or ')} was expected. Choose another output, such as song${suffixes[0]}.`,
    });

/** Whether there is a name before the suffix, too; capitals do not matter. */
const hasSuffix = (path: string, suffix: string): boolean => {
  const name = path.split(/[/\\]/).at(-1)!.toLowerCase();
  return name.length > suffix.length && name.endsWith(suffix);
};
