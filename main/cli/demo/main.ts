import { commandContext } from '../commandContext.ts';
import { reportFailure } from '../failure.ts';
import { cancelOnInterrupt } from '../interrupt.ts';
import { demoCommand } from './demo.ts';

const signal = cancelOnInterrupt(() => process.stderr.write('Cancelling; Ctrl-C again stops at once.\n'));
try {
  await demoCommand(commandContext(signal)).parseAsync();
} catch (thrown) {
  process.exitCode = reportFailure(thrown, (text) => process.stderr.write(text));
}
