import { asSoniError } from '../../contracts/errors.ts';
import { probeArguments, probeProvider } from '../providers/probeProvider.ts';

/**
 * Work that must not burden or endanger the host: the host program does it in a process of its own, started
 * with the name of the command and its argument as JSON.
 */
const commands = {
  'probe-provider': async (argument: unknown): Promise<unknown> =>
    await probeProvider(probeArguments.parse(argument)),
} as const;
export type HelperCommand = keyof typeof commands;

const isCommand = (name: string | undefined): name is HelperCommand =>
  name !== undefined && Object.hasOwn(commands, name);

/**
 * Runs the command named in the arguments of this program and prints its answer as the last line.
 * @returns undefined when no command is named, else the exit code
 */
export async function runCommand([name, argument]: readonly string[]): Promise<number | undefined> {
  if (!isCommand(name)) return undefined;
  let answer: unknown;
  try {
    answer = { output: await commands[name](JSON.parse(argument ?? 'null')) };
  } catch (thrown) {
    answer = { error: asSoniError(thrown).toPayload() };
  }
  process.stdout.write(`\n${JSON.stringify(answer)}\n`);
  return 0;
}
