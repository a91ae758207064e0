import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { toBuffer } from 'osc-min';
import { decode, type OscValue } from './oscLink.ts';

export interface SimulatedStrip {
  name: string;
  /** Coefficient of the fader; 1 is 0 dB. */
  gain: number;
  /** From right (0) to left (1), as Ardour says it over OSC; `null`: it has no pan. */
  pan: number | null;
  /** Present where the strip has the panner with a width. */
  width?: number;
  /** Its automation plays: it does not listen. */
  held?: boolean;
}

const top = 10 ** (6.0206 / 20);
const positionOf = (gain: number) =>
  gain === 0 ? 0 : Math.fround(((6 * Math.log2((gain * 2) / top) + 192) / 198) ** 8);
const gainAt = (position: number) =>
  position === 0 ? 0 : (2 ** ((position ** (1 / 8) * 198 - 192) / 6) * top) / 2;

type Said = readonly [address: string, ...values: (OscValue | { type: 'float'; value: number })[]];

/** As much of Ardour 7.3's OSC surface as mixing needs; its real one is in `npm run test:daw`. */
export class SimulatedSurface {
  /** Of the messages to come, so many are lost. */
  lose = 0;
  /** Addresses of what came, with values. */
  readonly heard: string[] = [];
  /** Ardour answers to a fixed port until it is told otherwise. */
  #answersHere = false;

  private constructor(
    private readonly socket: Socket,
    readonly strips: SimulatedStrip[],
  ) {
    socket.on('message', (bytes, { port }) => {
      const message = decode(bytes);
      if (message === null) return;
      if (this.lose > 0) {
        this.lose--;
        return;
      }
      const { address, args } = message;
      this.heard.push([address, ...args].join(' '));
      for (const [path, ...values] of this.#answer(address, args)) {
        const { buffer, byteOffset, byteLength } = toBuffer({ address: path, args: values });
        if (this.#answersHere) socket.send(new Uint8Array(buffer, byteOffset, byteLength), port);
      }
    });
  }

  /** @param port by default one of the system's choice */
  static async start(strips: SimulatedStrip[], port = 0): Promise<SimulatedSurface> {
    const socket = createSocket('udp4');
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return new SimulatedSurface(socket, strips);
  }

  get port(): number {
    return this.socket.address().port;
  }

  strip(name: string): SimulatedStrip {
    return this.strips.find((strip) => strip.name === name)!;
  }

  close(): void {
    this.socket.close();
  }

  #answer(address: string, args: readonly OscValue[]): Said[] {
    if (address === '/set_surface/port') this.#answersHere = args[0] === 0;
    if (address === '/strip/list') {
      return [
        ...this.strips.map(({ name }, index): Said => ['/reply', 'AT', name, 2, 2, 0, 0, index + 1, 0]),
        ['/reply', 'end_route_list', 48_000n, 0n, 0],
      ];
    }
    const [, , number, what] = address.split('/');
    const strip = this.strips[Number(number) - 1];
    if (strip === undefined || what === undefined) return [];
    const [value] = args;
    if (typeof value === 'number') {
      if (!strip.held) set(strip, what, value);
      return [];
    }
    const state = get(strip, what);
    // What a strip does not have is answered without a value.
    return [state === null ? [address] : [address, { type: 'float', value: state }]];
  }
}

function set(strip: SimulatedStrip, what: string, value: number): void {
  if (what === 'fader') strip.gain = gainAt(value);
  if (what === 'db_delta') strip.gain = Math.min(top, strip.gain * 10 ** (value / 20));
  if (what === 'pan_stereo_position' && strip.pan !== null) strip.pan = value;
}

function get(strip: SimulatedStrip, what: string): number | null {
  if (what === 'fader') return positionOf(strip.gain);
  if (what === 'pan_stereo_position') return strip.pan;
  return what === 'pan_stereo_width' ? (strip.width ?? null) : null;
}
