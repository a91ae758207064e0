import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from './commandContext.ts';
import { reportFailure } from './failure.ts';
import { silentDisplay } from './progress/progressDisplay.ts';
import { createProgram } from './program.ts';

const context: CommandContext = {
  signal: new AbortController().signal,
  print: () => {},
  printJson: () => {},
  say: () => {},
  show: () => {},
  progress: () => silentDisplay,
  confirm: () => Promise.resolve(null),
};

/** Runs the program in this process; only for calls that end before any work. */
async function call(args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const listen = (command: Command): void => {
    command.configureOutput({ writeOut: (text) => (out += text), writeErr: (text) => (err += text) });
    command.commands.forEach(listen);
  };
  const program = createProgram(context);
  listen(program);
  try {
    await program.parseAsync(args, { from: 'user' });
    return { code: 0, out, err };
  } catch (thrown) {
    return { code: reportFailure(thrown, (text) => (err += text)), out, err };
  }
}

describe('wrong usage: exit code 2, one sentence, where to read on', () => {
  it.each([
    [['spilt', 'a.wav'], "unknown command 'spilt' (Did you mean split?)", 'sonidesk --help'],
    [['split', 'a.wav'], "required option '-o, --output <folder>' not specified", 'sonidesk split --help'],
    [['split', 'a.wav', '-o', 'x', '--stem', 'b'], "unknown option '--stem'", 'sonidesk split --help'],
    [['split', '-o', 'x'], "missing required argument 'input'", 'sonidesk split --help'],
    [['split', 'a', 'b', '-o', 'x'], 'too many arguments', 'sonidesk split --help'],
    [['split', 'a', '-o', 'x', '--stems', 'a,,b'], 'Names separated by commas', 'sonidesk split --help'],
    [['tag', 'a.wav', '--threads', '0'], 'A whole number from 1 was expected.', 'sonidesk tag --help'],
    [
      ['transcribe', 'a', '-o', 'b', '--onset', '2'],
      'A number from 0 to 1 was expected.',
      'transcribe --help',
    ],
    [
      ['run', 'a', '-o', 'b', '--separation', 'maybe'],
      'Allowed choices are auto, required, off.',
      'run --help',
    ],
    [
      ['features', 'a', '-o', 'b', '--levels', 'rough'],
      'Levels are coarse, medium, fine.',
      'features --help',
    ],
    [['packs', 'bogus'], "unknown command 'bogus'", 'sonidesk packs --help'],
  ])('%j', async (args, message, help) => {
    const { code, out, err } = await call(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^sonidesk: .*\nSee: .*\n$/);
    expect(err).toContain(message);
    expect(err).toContain(help);
  });
});

describe('an output that is not named as what is written', () => {
  it.each([
    [['features', 'a.wav', '-o', 'b.wav'], 'output: b.wav was given', '.safetensors'],
    [['transcribe', 'a.wav', '-o', 'b', '--accept-licence'], 'output: b was given', '.mid or .midi'],
    [['mix', 'a.wav', '-o', 'b.wav'], 'output: b.wav was given', '.json'],
    [['mix', 'a.wav', '-o', 'b.json', '--render', 'b.flac'], 'render: b.flac was given', '.wav'],
  ])('%j: exit code 2 before any work', async (args, found, expected) => {
    const { code, out, err } = await call(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${found}; a file name that ends in ${expected} was expected. Choose another`);
    expect(err.match(/\n/g)).toHaveLength(1);
  });
});

describe('help', () => {
  const commands = (command: Command, path: string[] = []): string[][] => [
    path,
    ...command.commands.flatMap((child) => commands(child, [...path, child.name()])),
  ];

  it('of every command has a description and examples', async () => {
    const all = commands(createProgram(context));
    expect(all.length).toBeGreaterThanOrEqual(13);
    for (const path of all) {
      const { code, out, err } = await call([...path, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`$ sonidesk ${path.join(' ')}`);
    }
  });

  it('of every command that does something offers --json, with an example', async () => {
    const program = createProgram(context);
    const doing = commands(program).filter((path) => path.length > 0 && path.join(' ') !== 'packs');
    for (const path of doing) {
      const { out } = await call([...path, '--help']);
      expect(out).toMatch(/^ +--json +\S/m);
    }
  });
});
