import { readFile, writeFile } from 'node:fs/promises';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import type { FadersMoved } from '../../main/contracts/dawMixer.ts';
import type { MixPlan } from '../../main/contracts/mixPlan.ts';
import { ArdourMixer } from '../../plugin-bridge/daws/ardour/ardourMixer.ts';
import { lastLine, runCli } from '../cli/runCli.ts';
import { Ardour } from './ardour/ardour.ts';
import { canRun } from './support/programs.ts';
import { Sandbox } from './support/sandbox.ts';

/** How Ardour's own settings say that its OSC surface is on; its answers go to a fixed port then, as by default. */
const surfaceOn = (port: number) =>
  `<ControlProtocols><Protocol name="Open Sound Control (OSC)" active="1"/></ControlProtocols>
  <Config><Option name="osc-port" value="${port}"/>`;

const inDb = (gain: number) => 20 * Math.log10(gain);
const strip = (gainDb: number, pan: number) => ({ ...neutralStrip(), gainDb, pan });
const plan: MixPlan = {
  version: 1,
  tracks: [
    { name: 'kick', role: 'kick', strip: strip(-4.25, 0), moves: [] },
    { name: 'Bass', role: 'bass', strip: strip(1.5, -0.4), moves: [] },
    { name: 'Pad', role: 'pad', strip: strip(-1, 0.5), moves: [] },
  ],
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: -20, truePeakDb: -3 },
  after: { integratedLufs: -20, truePeakDb: -3 },
  reference: null,
};

/** A port that is free now; nobody else's Ardour is asked. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

describe.skipIf(!canRun(['ardour'], []))('the mixer of a real Ardour, over OSC', () => {
  let sandbox: Sandbox;
  let ardour: Ardour;
  let port: number;
  let mix: string;

  // For every try: what another has left is in nobody's way.
  beforeEach(async () => {
    sandbox = await Sandbox.make();
    port = await freePort();
    const settings = sandbox.path('home', '.config', 'ardour7', 'config');
    const text = await readFile(settings, 'utf8');
    await writeFile(settings, text.replace('<Config>', surfaceOn(port)));
    ardour = Ardour.start(sandbox, 'Normal Speed');
    await ardour.tell('create', sandbox.path('session'), 'song');
    await ardour.tell('audioTrack', 'Kick');
    await ardour.tell('audioTrack', 'Bass');
    await ardour.tell('setMixer', 'Kick', 1, 0.5);
    await ardour.tell('setMixer', 'Bass', 0.3, 0.7);
    mix = sandbox.path('mix.json');
    await writeFile(mix, JSON.stringify(plan));
  });
  afterEach(async () => {
    await ardour?.end();
    await sandbox?.remove();
  });

  const cli = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(['return', '--mix', mix, ...args, '--json'], {
      home: sandbox.path('app'),
      env: { SONIDESK_BRIDGE: sandbox.bridge, SONIDESK_ARDOUR_PORT: String(port) },
    });
    if (code !== 0) throw new Error(lastLine(stderr));
    return JSON.parse(stdout) as FadersMoved;
  };
  const standing = async () => {
    const read = async (track: string) => (await ardour.tell('getMixer', track)).split(' ').map(Number);
    return { kick: await read('Kick'), bass: await read('Bass') };
  };

  it('gets gain and pan of a plan, once, and is put back', async () => {
    // Its surface comes up beside the session.
    const mixer = new ArdourMixer(port);
    await expect.poll(() => mixer.strips().catch(() => [])).toEqual(['Kick', 'Bass']);
    mixer.close();
    const before = await standing();
    expect(await cli('--faders')).toMatchObject({
      daw: 'Ardour',
      moved: ['Kick', 'Bass'],
      atTop: [],
      held: [],
      missing: ['Pad'],
    });
    await cli('--faders');
    const { kick, bass } = await standing();
    expect(inDb(kick[0]!)).toBeCloseTo(-4.25, 3);
    expect(inDb(bass[0]!)).toBeCloseTo(inDb(0.3) + 1.5, 3);
    expect(kick[1]).toBeCloseTo(0.5, 5);
    // 0.4 of the way from the middle to the left.
    expect(bass[1]).toBeCloseTo(0.7 - 0.2, 5);
    await expect(cli()).rejects.toThrow('would count twice');
    await cli('--faders', '--none');
    const after = await standing();
    for (const track of ['kick', 'bass'] as const) {
      expect(after[track][0]).toBeCloseTo(before[track][0]!, 6);
      expect(after[track][1]).toBeCloseTo(before[track][1]!, 6);
    }
    await expect(cli('--faders', '--none')).rejects.toThrow('nothing to put back');
  });
});
