import { homedir } from 'node:os';
import type { ArdourMixer } from '../../../plugin-bridge/daws/ardour/ardourMixer.ts';
import { dawPrograms, findProgram } from './dawPrograms.ts';
import { ok, warn, type Finding } from './finding.ts';

/** Asks Ardour's mixer for its strips; says nothing where there is no Ardour. */
export async function faderTest(mixer: ArdourMixer, isHere = isInstalled()): Promise<Finding[]> {
  const name = `faders of ${mixer.name}`;
  const strips = await mixer.strips().catch(() => null);
  if (strips !== null) return [ok(name, `answers over OSC, strips: ${strips.join(', ')}`)];
  if (!isHere) return [];
  return [
    warn(
      name,
      `do not answer over OSC on port ${mixer.port}`,
      'To let the mix view move them: open a session and switch on Edit > Preferences > Control Surfaces > Open Sound Control (OSC).',
    ),
  ];
}

const isInstalled = (): boolean =>
  dawPrograms.some(
    (daw) => daw.host === 'ardour' && findProgram(daw, process.platform, process.env, homedir()) !== null,
  );
