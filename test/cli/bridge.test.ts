import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import { openWav } from '../../main/audio/wav/wavReader.ts';
import { Session } from '../../main/engine/session/session.ts';
import { decodeMessage } from '../../plugin-bridge/protocol/messages.ts';
import { decodeNoteEvents } from '../../plugin-bridge/protocol/noteEvents.ts';
import { constantTempo } from '../../main/midi/tempoMap.ts';
import { writeMidi } from '../../main/midi/writeMidi.ts';
import { sameAudio, toneAt } from '../support/servedBridge.ts';
import { ServingCli } from '../support/servingCli.ts';
import { SimulatedPlugin } from '../support/simulatedPlugin.ts';
import { lastLine, runCli, type CliOptions } from './runCli.ts';
import { importTinyPack } from './tinyPack.ts';

let home: string;
let serving: ServingCli;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-serve-'));
  await importTinyPack(home);
  serving = await ServingCli.start(home, join(home, 'session'));
});
afterAll(async () => {
  await serving.end();
  await rm(home, { recursive: true, force: true });
});

const cli = (args: readonly string[], more: Partial<CliOptions> = {}) =>
  runCli(args, { home, env: ServingCli.env(home), ...more });

/** Plays from `start` on until told to stop, at the pace at which it is taken. */
function roll(plugin: SimulatedPlugin, start: number) {
  let at = start;
  const timer = setInterval(() => {
    plugin.play(at, toneAt(at, 960));
    at += 960;
  }, 10);
  return {
    stop() {
      clearInterval(timer);
      plugin.stop(at);
    },
  };
}

/** Runs `capture` and starts the transport when it waits. */
async function captured(args: readonly string[], plugin: SimulatedPlugin, start: number, stopAfter?: number) {
  let rolling: ReturnType<typeof roll> | undefined;
  let stopping = false;
  const result = await cli(['capture', ...args], {
    onStderr: (text) => {
      if (text.includes('Waiting')) rolling ??= roll(plugin, start);
      const seconds = Number(/Recording, (\d+) s/.exec(text)?.[1] ?? 0);
      if (stopAfter !== undefined && seconds >= stopAfter && !stopping) {
        stopping = true;
        rolling!.stop();
      }
    },
  });
  if (!stopping) rolling?.stop();
  return result;
}

describe('sonidesk serve', () => {
  it('lists who is connected', async () => {
    using plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Listed', host: 'Ardour' });
    const { code, stdout } = await cli(['tracks', '--json']);
    expect(code).toBe(0);
    const tracks = JSON.parse(stdout) as { id: string; name: string; plugin: { host: string } | null }[];
    expect(tracks.find(({ id }) => id === plugin.instance)).toMatchObject({
      name: 'Listed',
      plugin: { host: 'Ardour' },
    });
    const people = await cli(['tracks']);
    expect(people.stdout).toContain('Listed: Ardour test 48000 Hz, 0 takes');
  });

  it('names and groups tracks; the plugin is told', async () => {
    using plugin = await SimulatedPlugin.connect(serving.endpointFile, { slot: 9 });
    await plugin.next('assign');
    const { code, stdout } = await cli([
      'tracks',
      '--track',
      '9',
      '--name',
      'Snare',
      '--group',
      'Kit',
      '--colour',
      '#AA00ff',
    ]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Snare: slot 9, group Kit, test'),
    });
    const told = decodeMessage('assign', (await plugin.next('assign')).payload);
    expect(told).toMatchObject({ name: 'Snare', colour: '#aa00ff' });
  });

  it('is not started twice', async () => {
    const session = join(home, 'other');
    const second = await cli(['serve', '--session', session]);
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(lastLine(second.stderr)).toMatch(/The songs in .* are open in another SoniDesk \(process \d+/);
    const ofAnotherHome = await cli(['serve', '--session', session], { home: join(home, 'elsewhere') });
    expect(ofAnotherHome).toMatchObject({ code: 2, stdout: '' });
    expect(lastLine(ofAnotherHome.stderr)).toMatch(/serves already \(process \d+/);
  });
});

describe('sonidesk capture', () => {
  it('--seconds writes exactly so much, with its place on the timeline', async () => {
    using plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Counted' });
    const folder = join(home, 'counted');
    const { code, stdout, stderr } = await captured(
      ['--seconds', '0.5', '--track', 'counted', '-o', folder, '--json'],
      plugin,
      48_000,
    );
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    const [file] = JSON.parse(stdout) as { file: string; frames: number; hostStart: number }[];
    expect(file).toMatchObject({ file: join(folder, 'Counted.wav'), frames: 24_000, hostStart: 48_000 });
    const reader = await openWav(file!.file);
    expect(reader).toMatchObject({ timeReference: 48_000, frames: 24_000, encoding: 'float32' });
    expect(sameAudio(await reader.read(0, 24_000), toneAt(48_000, 24_000))).toBe(true);
    await reader.close();
  });

  it('--recorded writes what is there: the newest take on top, silent between takes', async () => {
    using plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Comped' });
    const told = async () => {
      plugin.stop();
      await plugin.answered();
    };
    plugin.play(-100, toneAt(0, 100));
    plugin.play(0, toneAt(5000, 1000));
    await told();
    plugin.play(200, toneAt(9000, 300));
    await told();
    plugin.play(1500, toneAt(20_000, 500));
    await told();
    const folder = join(home, 'comped');
    const { code, stdout, stderr } = await cli([
      'capture',
      '--recorded',
      '--track',
      'Comped',
      '-o',
      folder,
      '--json',
    ]);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject([
      { file: join(folder, 'Comped.wav'), hostStart: 0, frames: 2000, gaps: [{ start: 1000, frames: 500 }] },
    ]);
    const expected = toneAt(5000, 2000);
    for (const [c, channel] of expected.entries()) {
      channel.set(toneAt(9000, 300)[c]!, 200);
      channel.fill(0, 1000, 1500);
      channel.set(toneAt(20_000, 500)[c]!, 1500);
    }
    const reader = await openWav(join(folder, 'Comped.wav'));
    expect(sameAudio(await reader.read(0, 2000), expected)).toBe(true);
    await reader.close();
  });

  it('can be cancelled while it waits', async () => {
    let sent = false;
    const { code, stderr } = await cli(['capture', '--until-stop'], {
      onStderr: (text, kill) => {
        if (sent || !text.includes('Waiting')) return;
        sent = true;
        kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(lastLine(stderr)).toMatch(/ancelled/);
  });
});

describe('sonidesk return', () => {
  it('MIDI and strips reach the plugin', async () => {
    using plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Piano' });
    const midi = join(home, 'piano.mid');
    const notes = [{ onset: 0.5, offset: 1, pitch: 60, velocity: 90, confidence: 1 }];
    await writeMidi(midi, {
      tracks: [{ name: 'Piano', program: 0, channel: 0, notes }],
      tempoMap: constantTempo(120),
    });
    const given = await cli(['return', '--track', 'Piano', '--midi', midi, '--start', '1000']);
    expect(given).toMatchObject({ code: 0, stderr: '', stdout: 'Piano: 1 notes from frame 1000\n' });
    expect(decodeNoteEvents((await plugin.next('notes')).payload)).toMatchObject([
      { startFrame: 25_000n, pitch: 60 },
    ]);

    const mix = join(home, 'mix.json');
    const loudness = { integratedLufs: null, truePeakDb: null };
    const plan = {
      version: 1,
      tracks: [{ name: 'piano', role: 'keys', strip: { ...neutralStrip(), gainDb: -4.5 }, moves: [] }],
      reverb: { decaySeconds: 1, preDelayMs: 0 },
      before: loudness,
      after: loudness,
      reference: null,
    };
    await writeFile(mix, JSON.stringify(plan));
    expect(await cli(['return', '--mix', mix])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: 'Piano: strip set\n',
    });
    expect(decodeMessage('strip', (await plugin.next('strip')).payload).strip).toMatchObject({
      gainDb: -4.5,
    });
  });

  it.each([
    [['return', '--track', 'Nobody', '--midi', 'x.mid'], /no track "Nobody".*it has: /],
    [['return', '--stems', 'x'], /which track/],
    [['return', '--track', 'x'], /what to return/],
    [['capture'], /how long/],
    [['tracks', '--name', 'x'], /which track/],
    [['tracks', '--track', 'x', '--colour', 'red'], /#3366cc|--help/],
  ])('%j is refused with exit code 2 and a sentence', async (args, message) => {
    const { code, stdout, stderr } = await cli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lastLine(stderr)).toMatch(message);
  });
});

describe('the whole round', () => {
  it('capture, split, return: the plugin is given stems that start where the track was captured', async () => {
    using plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Mix' });
    const take = join(home, 'take');
    const stems = join(home, 'stems');
    const recorded = await captured(['--until-stop', '--track', 'Mix', '-o', take], plugin, 96_000, 1);
    expect({ code: recorded.code, stderr: recorded.code === 0 ? '' : recorded.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    const split = await cli(['split', join(take, 'Mix.wav'), '-o', stems, '--pack', 'tiny']);
    expect({ code: split.code, stderr: split.code === 0 ? '' : split.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    const given = await cli(['return', '--track', 'Mix', '--stems', stems]);
    expect(given).toMatchObject({ code: 0, stdout: 'Mix: drums, vocals\n' });
    const message = decodeMessage('stems', (await plugin.next('stems')).payload);
    expect(message.stems).toEqual([
      { stem: 'drums', file: join(stems, 'drums.wav'), startFrame: 96_000, gainDb: 0 },
      { stem: 'vocals', file: join(stems, 'vocals.wav'), startFrame: 96_000, gainDb: 0 },
    ]);
    expect(decodeMessage('monitor', (await plugin.next('monitor')).payload)).toEqual({ source: 'stems' });
    // The stems add up to what the DAW played, sample for sample within float rounding.
    const open = await Promise.all(
      [join(take, 'Mix.wav'), ...message.stems.map(({ file }) => file)].map(openWav),
    );
    const [source, ...parts] = await Promise.all(open.map((reader) => reader.read(0, reader.frames)));
    const sum = source!.map((channel, c) =>
      channel.map((_, n) => parts.reduce((total, part) => total + part[c]![n]!, 0)),
    );
    const error = Math.max(
      ...source!.map((channel, c) => Math.max(...channel.map((value, n) => Math.abs(value - sum[c]![n]!)))),
    );
    expect(error).toBeLessThan(1e-6);
    await Promise.all(open.map((reader) => reader.close()));
    expect(JSON.parse(await readFile(join(stems, 'split.json'), 'utf8'))).toHaveProperty('stems');
  });
});

it('without a server the commands say how to start one', async () => {
  const { code, stderr } = await runCli(['tracks'], {
    home,
    env: { SONIDESK_BRIDGE: join(home, 'nobody.json') },
  });
  expect(code).toBe(2);
  expect(lastLine(stderr)).toContain('Start it with "sonidesk serve"');
});

it('a server whose output nobody reads any more ends tidily', async () => {
  const other = await mkdtemp(join(tmpdir(), 'sonidesk-unread-'));
  try {
    const unread = await ServingCli.start(other, join(other, 'session'));
    using plugin = await SimulatedPlugin.connect(unread.endpointFile, { name: 'Last' });
    plugin.play(0, toneAt(0, 500));
    await unread.event('take-started');
    unread.closeOutput();
    plugin.stop();
    expect(await unread.ended).toBe(0);
    const session = await Session.open(join(other, 'session'));
    expect(session.tracks.takes(plugin.instance)).toMatchObject([{ frames: 500, state: 'complete' }]);
    session.close();
  } finally {
    await rm(other, { recursive: true, force: true });
  }
});
