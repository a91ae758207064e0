import type { DawMixer, MovedStrip, StripMove, StripState } from '../mixer.ts';
import { encode, OscLink, type OscArgument, type OscMessage } from './oscLink.ts';

/** Where Ardour listens unless its settings say something else; `SONIDESK_ARDOUR_PORT` names another place. */
const ardourPort = () => Number(process.env['SONIDESK_ARDOUR_PORT'] ?? 3819);

/** Answers go to the port that asks; Ardour's own default is a fixed one. */
const answerHere = encode('/set_surface/port', { int: 0 });
/** No banks; tracks and busses of audio and MIDI; of feedback only valid addresses for lists; no groups of strips. */
const surface = encode(
  '/set_surface',
  ...[0, 1 + 2 + 4 + 8, 1 << 14, 0, 0, 0].map((int): OscArgument => ({ int })),
);
const list = encode('/strip/list');

/** Ardour says positions in single precision. */
const sameFader = 1e-5;
const topFader = 1 - sameFader;

/**
 * Ardour's mixer over OSC (its manual, chapter "Controlling Ardour with OSC"). Faders are read and put back as positions:
 * what Ardour says of their decibels is rounded to some hundredths. Its pan counts from right (0) to left (1).
 */
export class ArdourMixer implements DawMixer {
  readonly name = 'Ardour';
  /** Of looking who is there; Ardour remembers every port that ever asked. */
  readonly #looking: OscLink;

  constructor(readonly port = ardourPort()) {
    this.#looking = new OscLink(port);
  }

  async strips(): Promise<readonly string[]> {
    return [...(await numbersOver(this.#looking)).keys()];
  }

  async read(names: readonly string[]): Promise<readonly StripState[]> {
    return await this.#talk(async (link, numbers) => {
      const states: StripState[] = [];
      for (const strip of names) {
        const number = numbers.get(strip);
        if (number !== undefined) states.push({ strip, ...(await stateOver(link, number)) });
      }
      return states;
    });
  }

  async move(moves: readonly StripMove[]): Promise<readonly MovedStrip[]> {
    return await this.#talk(async (link, numbers) => {
      const moved: MovedStrip[] = [];
      for (const move of moves) {
        const number = numbers.get(move.from.strip);
        if (number !== undefined) moved.push(await moveOver(link, number, move));
      }
      return moved;
    });
  }

  close(): void {
    this.#looking.close();
  }

  /** On a port of its own: what comes late of an earlier talk is not taken for an answer. */
  async #talk<Result>(
    work: (link: OscLink, numbers: ReadonlyMap<string, number>) => Promise<Result>,
  ): Promise<Result> {
    const link = new OscLink(this.port);
    try {
      return await work(link, await numbersOver(link));
    } finally {
      link.close();
    }
  }
}

/** From how it was, so that it can be said twice. */
async function moveOver(
  link: OscLink,
  number: number,
  { from, gainDb, pan }: StripMove,
): Promise<MovedStrip> {
  const say = (what: string, float: number) => encode(`/strip/${number}/${what}`, { float });
  const { fader } = await stateOver(link, number, [
    say('fader', from.fader),
    ...(gainDb === 0 ? [] : [say('db_delta', gainDb)]),
    ...(from.pan === null ? [] : [say('pan_stereo_position', Math.min(1, Math.max(0, from.pan - pan / 2)))]),
  ]);
  const stands = Math.abs(fader - from.fader) < sameFader;
  const isThere = gainDb === 0 || from.fader === 0 ? stands : !stands;
  return {
    strip: from.strip,
    fader: gainDb > 0 && fader > topFader ? 'at-top' : isThere ? 'moved' : 'held',
  };
}

/** @param before said first, before the state is asked for */
async function stateOver(
  link: OscLink,
  number: number,
  before: readonly Uint8Array[] = [],
): Promise<{ fader: number; pan: number | null }> {
  const said = new Map<string, number>();
  // Ardour answers in order: after the fader nothing more comes of what a strip does not have.
  const questions = ['pan_stereo_position', 'pan_stereo_width', 'fader'];
  const prefix = `/strip/${number}/`;
  await link.ask(
    [...before, ...questions.map((question) => encode(prefix + question))],
    ({ address, args: [value] }) => {
      if (address.startsWith(prefix) && typeof value === 'number')
        said.set(address.slice(prefix.length), value);
      return said.has('fader');
    },
    () => said.clear(),
  );
  // Where a strip has a width, it has the panner that moves the sides together, and at full width not at all.
  const pan = said.has('pan_stereo_width') ? undefined : said.get('pan_stereo_position');
  return { fader: said.get('fader') ?? 0, pan: pan ?? null };
}

/** The strips by name, each with the number that Ardour gives it for this surface, from 1. */
async function numbersOver(link: OscLink): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>();
  await link.ask(
    [answerHere, surface, list],
    (message) => {
      if (message.address !== '/reply') return false;
      if (message.args[0] !== 'end_route_list') return note(numbers, message);
      return [...numbers.values()].every((number, index) => number === index + 1);
    },
    () => numbers.clear(),
  );
  return numbers;
}

/** A line of the list: kind, name, inputs, outputs, mute, solo, number, record. */
function note(numbers: Map<string, number>, { args }: OscMessage): false {
  const [, name, , , , , number] = args;
  if (typeof name === 'string' && typeof number === 'number') numbers.set(name, number);
  return false;
}
