import { commandContext } from './commandContext.ts';
import { reportFailure } from './failure.ts';
import { cancelOnInterrupt } from './interrupt.ts';
import { createProgram } from './program.ts';

// `sonidesk ... | head` closes the pipe; that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const signal = cancelOnInterrupt(() => process.stderr.write('Cancelling; Ctrl-C again stops at once.\n'));
try {
  await createProgram(commandContext(signal)).parseAsync();
} catch (thrown) {
  process.exitCode = reportFailure(thrown, (text) => process.stderr.write(text));
}
