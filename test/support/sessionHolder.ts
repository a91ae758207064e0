import { asSoniError } from '../../main/contracts/errors.ts';
import { Session } from '../../main/engine/session/session.ts';

/** Opens the session named on the command line with a job in it, says so, and stays until it is killed. */
try {
  const session = await Session.open(process.argv[2]!);
  session.jobs.start('split', { input: 'song.wav' });
  console.log('open');
  setInterval(() => {}, 1000);
} catch (thrown) {
  console.log(JSON.stringify(asSoniError(thrown).toPayload()));
}
