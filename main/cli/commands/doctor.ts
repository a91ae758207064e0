import { Command } from 'commander';
import type { CommandContext } from '../commandContext.ts';
import type { Finding } from '../doctor/finding.ts';
import { examples } from '../engineOptions.ts';

const marks: Readonly<Record<Finding['status'], string>> = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' };

const text = ({ name, status, found, fix }: Finding): string =>
  `${marks[status]}  ${name.padEnd(18)} ${found}${fix === null ? '' : `\n${' '.repeat(25)}${fix}`}`;

export function doctorCommand(context: CommandContext): Command {
  const command = new Command('doctor')
    .summary('check this machine and the installation')
    .description('Checks everything SoniDesk needs here, and says what to do about what is missing.')
    .option('--json', 'the findings as JSON on stdout');
  return examples(command, 'doctor', 'doctor --json').action(async ({ json }: { json?: true }) => {
    const { checkup } = await import('../doctor/checkup.ts');
    const findings = await checkup(context.signal);
    const ok = findings.every((finding) => finding.status !== 'fail');
    if (json) context.printJson({ ok, findings });
    else context.print(findings.map(text).join('\n'));
    if (!ok) process.exitCode = 1;
  });
}
