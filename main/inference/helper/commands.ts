import { asSoniError, type ErrorPayload } from '../../contracts/errors.ts';
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

/** What a command gave, or why it gave nothing. */
export type CommandAnswer = { readonly output: unknown } | { readonly error: ErrorPayload };

/** The command named in the arguments of this program; `undefined` when none is named. */
export function commandOf([name, argument]: readonly string[]): (() => Promise<CommandAnswer>) | undefined {
  if (!isCommand(name)) return undefined;
  return async () => {
    try {
      return { output: await commands[name](JSON.parse(argument ?? 'null')) };
    } catch (thrown) {
      return { error: asSoniError(thrown).toPayload() };
    }
  };
}
