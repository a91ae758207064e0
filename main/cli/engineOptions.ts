import { InvalidArgumentError, type Command } from 'commander';

/** Options of every command that lets the engine work. */
export interface EngineOptions {
  readonly session?: string;
  readonly provider?: string;
  readonly threads?: number;
  readonly quiet?: true;
  readonly json?: true;
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('A whole number from 1 was expected.');
  return value;
}

/** A number as an option's argument, inside a range. */
export const numberBetween =
  (low: number, high: number) =>
  (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= low && value <= high))
      throw new InvalidArgumentError(`A number from ${low} to ${high} was expected.`);
    return value;
  };

export const list = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === ''))
    throw new InvalidArgumentError('Names separated by commas were expected.');
  return names;
};

/** The name of a folder as an option's argument: an empty one would be the current folder. */
export const folder = (text: string): string => {
  if (text.trim() === '') throw new InvalidArgumentError('The name of a folder was expected.');
  return text;
};

export const withEngineOptions = (command: Command): Command =>
  command
    .option(
      '--session <folder>',
      'keep results in this session folder (made when missing) and reuse them',
      folder,
    )
    .option('--provider <name>', 'run models on cpu, webgpu, cuda, ...; by default the fastest that is right')
    .option('--threads <count>', 'processor threads for models', wholeNumber)
    .option('-q, --quiet', 'no progress, only what you have to know')
    .option('--json', 'the result as JSON on stdout');

/** Examples below the options of a command's help. */
export const examples = (command: Command, ...lines: readonly string[]): Command =>
  command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ sonidesk ${line}`).join('\n')}`);
