import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ArdourMixer } from './ardourMixer.ts';
import { decode, encode } from './oscLink.ts';
import { SimulatedSurface } from './simulatedSurface.ts';

const inDb = (gain: number) => 20 * Math.log10(gain);

describe('what is said to Ardour', () => {
  it.each([
    // "/strip/list" and 1 zero make 12 bytes, then "," and 3 zeros.
    [encode('/strip/list'), '2f73747269702f6c697374002c000000'],
    // ",i" and 2 zeros, 0 as a whole number of 4 bytes.
    [encode('/set_surface/port', { int: 0 }), '2f7365745f737572666163652f706f72740000002c69000000000000'],
    // -3.5 in single precision, most significant byte first.
    [
      encode('/strip/2/db_delta', { float: -3.5 }),
      '2f73747269702f322f64625f64656c74610000002c660000c0600000',
    ],
    // A whole number of decibels is a real number, too.
    [encode('/strip/1/fader', { float: 1 }), '2f73747269702f312f666164657200002c6600003f800000'],
  ])('is %#, byte by byte', (bytes, golden) => {
    expect(Buffer.from(bytes).toString('hex')).toBe(golden);
  });

  it('is answered with numbers of 64 bits at the end of a list', () => {
    const golden =
      '2f7265706c7900002c73686869000000656e645f726f7574655f6c6973740000' +
      '000000000000bb80' +
      '0000000000000000' +
      '00000000';
    expect(decode(Buffer.from(golden, 'hex'))).toEqual({
      address: '/reply',
      args: ['end_route_list', 48_000n, 0n, 0],
    });
  });

  it.each(['', 'ffff', '2f61', '2f6100002c690000'])('is not taken from "%s"', (bytes) => {
    expect(decode(Buffer.from(bytes, 'hex'))).toBeNull();
  });
});

describe("Ardour's mixer", () => {
  let surface: SimulatedSurface;
  let mixer: ArdourMixer;
  beforeEach(async () => {
    surface = await SimulatedSurface.start([
      { name: 'Kick', gain: 0.5, pan: 0.5 },
      { name: 'Bass', gain: 1, pan: 0.75 },
      { name: 'Notes', gain: 1, pan: null },
      { name: 'Old', gain: 1, pan: 0.5, width: 1 },
      { name: 'Ride', gain: 0.25, pan: 0.5, held: true },
    ]);
    mixer = new ArdourMixer(surface.port);
  });
  afterEach(() => {
    mixer.close();
    surface.close();
  });

  it('tells its strips', async () => {
    expect(await mixer.strips()).toEqual(['Kick', 'Bass', 'Notes', 'Old', 'Ride']);
  });

  it('is moved from where it stands, pan to the right, and put back exactly', async () => {
    const before = await mixer.read(['Kick', 'Bass', 'Nobody']);
    expect(before.map(({ strip, pan }) => [strip, pan])).toEqual([
      ['Kick', 0.5],
      ['Bass', 0.75],
    ]);
    const moves = before.map((from) => ({ from, gainDb: -3, pan: 0.5 }));
    expect(await mixer.move(moves)).toEqual([
      { strip: 'Kick', fader: 'moved' },
      { strip: 'Bass', fader: 'moved' },
    ]);
    // Asked twice, it is done once.
    await mixer.move(moves);
    expect(inDb(surface.strip('Kick').gain)).toBeCloseTo(inDb(0.5) - 3, 4);
    expect(inDb(surface.strip('Bass').gain)).toBeCloseTo(-3, 4);
    expect([surface.strip('Kick').pan, surface.strip('Bass').pan]).toEqual([0.25, 0.5]);
    await mixer.move(before.map((from) => ({ from, gainDb: 0, pan: 0 })));
    expect(await mixer.read(['Kick', 'Bass'])).toEqual(before);
  });

  it('has no pan where Ardour has none of that kind', async () => {
    const states = await mixer.read(['Notes', 'Old']);
    expect(states.map(({ pan }) => pan)).toEqual([null, null]);
    await mixer.move(states.map((from) => ({ from, gainDb: 1, pan: 0.5 })));
    expect(surface.heard.filter((message) => /pan_stereo_position \d/.test(message))).toEqual([]);
  });

  it('tells what did not go as wanted', async () => {
    const [kick, ride] = await mixer.read(['Kick', 'Ride']);
    expect(
      await mixer.move([
        { from: kick!, gainDb: 20, pan: 0 },
        { from: ride!, gainDb: -2, pan: 0 },
      ]),
    ).toEqual([
      { strip: 'Kick', fader: 'at-top' },
      { strip: 'Ride', fader: 'held' },
    ]);
    surface.strips.splice(0, 1);
    expect(await mixer.move([{ from: kick!, gainDb: -1, pan: 0 }])).toEqual([]);
  });

  it('is asked again when a message is lost', async () => {
    surface.lose = 4;
    expect(await mixer.strips()).toHaveLength(5);
    const [kick] = await mixer.read(['Kick']);
    surface.lose = 5;
    await mixer.move([{ from: kick!, gainDb: -6, pan: 0 }]);
    expect(inDb(surface.strip('Kick').gain)).toBeCloseTo(inDb(0.5) - 6, 4);
  });

  it('says what to do when nobody listens, or nobody answers', async () => {
    const { port } = surface;
    surface.lose = 1000;
    await expect(mixer.strips()).rejects.toMatchObject({ kind: 'not-found' });
    surface.close();
    await expect(mixer.strips()).rejects.toThrow(
      `port ${port} of this machine. Start Ardour, open the session, and switch it on under Edit > Preferences`,
    );
    surface = await SimulatedSurface.start([]);
  });
});
