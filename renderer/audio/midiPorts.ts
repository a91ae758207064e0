import { isDrums } from '../../main/midi/drums.ts';
import { drumChannel, melodicChannel } from '../../main/midi/generalMidi.ts';
import { Emitter } from '../state/emitter.ts';
import type { NoteSink, SoundingNote } from './noteSink.ts';
import { player } from './player.ts';

const [noteOff, noteOn, controlChange] = [0x80, 0x90, 0xb0];
const allNotesOff = 123;
const channels = 16;

interface Port {
  readonly id: string;
  readonly name: string;
}

let access: MIDIAccess | null = null;
/** Told when ports come and go. */
export const midiPortsChanged = new Emitter();

/** @throws DOMException when the browser or the user does not let us, or there is no MIDI system */
export async function askForMidi(): Promise<void> {
  if (access !== null) return;
  access = await navigator.requestMIDIAccess({ sysex: false });
  access.addEventListener('statechange', () => midiPortsChanged.emit());
  midiPortsChanged.emit();
}

/** `null` until ports were asked for. */
export const midiPorts = (): readonly Port[] | null =>
  access === null ? null : [...access.outputs.values()].map(({ id, name }) => ({ id, name: name ?? id }));

/**
 * Notes as MIDI messages to a port of this machine, a channel a stem and drums on channel 10; the system sends each
 * when it is due. Ports are the browser's own (Web MIDI): no native module has to be built.
 */
export class MidiPortSink implements NoteSink {
  readonly #channels = new Map<string, number>();

  constructor(private readonly portId: string) {}

  play({ stem, pitch, velocity }: SoundingNote, when: number, seconds: number): void {
    const channel = this.#channelOf(stem);
    const due = timestampOf(when);
    this.#output?.send([noteOn | channel, pitch, velocity], due);
    this.#output?.send([noteOff | channel, pitch, 0], due + 1000 * seconds);
  }

  silence(): void {
    const output = this.#output;
    // Not every browser can take back what has been handed over.
    if (output !== undefined && 'clear' in output && typeof output.clear === 'function') output.clear();
    for (let channel = 0; channel < channels; channel++)
      output?.send([controlChange | channel, allNotesOff, 0]);
  }

  get #output(): MIDIOutput | undefined {
    return access?.outputs.get(this.portId);
  }

  #channelOf(stem: string): number {
    if (isDrums(stem)) return drumChannel;
    const known = this.#channels.get(stem) ?? melodicChannel(this.#channels.size);
    this.#channels.set(stem, known);
    return known;
  }
}

/** When a moment of the player's clock is heard, on the page's clock in milliseconds. */
function timestampOf(when: number): number {
  const { context } = player;
  const { contextTime = 0, performanceTime = 0 } = context?.getOutputTimestamp() ?? {};
  // Before the first sound the output has no time stamp yet.
  if (performanceTime === 0) return performance.now();
  return performanceTime + 1000 * (when - contextTime);
}
