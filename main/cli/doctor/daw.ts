import { asSoniError } from '../../contracts/errors.ts';
import { ArdourMixer } from '../../../plugin-bridge/daws/ardour/ardourMixer.ts';
import { connectBridge } from '../../../plugin-bridge/server/control/controlSocket.ts';
import { dawTests } from './dawTests.ts';
import { faderTest } from './faderTest.ts';
import { ok, warn, type Finding } from './finding.ts';

/** Asks the bridge that serves now, over its own socket, what is connected to it, and looks for each DAW. */
export async function dawFindings(): Promise<Finding[]> {
  const mixer = new ArdourMixer();
  try {
    return [...(await pluginFindings()), ...(await faderTest(mixer))];
  } finally {
    mixer.close();
  }
}

async function pluginFindings(): Promise<Finding[]> {
  try {
    const client = await connectBridge();
    try {
      const { address, reaStream } = await client.call('info', {});
      const tracks = await client.call('tracks', {});
      const live = tracks.flatMap(({ name, plugin }) => (plugin === null ? [] : [{ name, ...plugin }]));
      const dropped = live.filter(({ droppedFrames }) => droppedFrames > 0);
      return [
        ok('plugin server', `answers at ${address}`),
        live.length === 0
          ? warn(
              'DAW connection',
              'no plugin is connected',
              'Put the SoniDesk plugin on a track of the DAW; it connects by itself. When it does not, its own window says why.',
            )
          : ok(
              'DAW connection',
              live.map(({ name, host, format }) => `${name} (${host}, ${format})`).join(', '),
            ),
        ...dropped.map(({ name, droppedFrames }) =>
          warn(
            `track ${name}`,
            `${droppedFrames} frames could not be sent`,
            'Close what keeps the processor busy, or choose a larger block size in the DAW.',
          ),
        ),
        ...dawTests(live),
        ok('ReaStream', reaStream === null ? 'off (sonidesk serve --reastream)' : `listens at ${reaStream}`),
      ];
    } finally {
      client.close();
    }
  } catch (thrown) {
    return [
      warn(
        'plugin server',
        asSoniError(thrown).message,
        'Open the app, or run "sonidesk serve"; plugins connect by themselves.',
      ),
      ...dawTests(null),
    ];
  }
}
