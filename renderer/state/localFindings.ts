import type { DeskFinding } from '../../main/contracts/desk.ts';
import { texts } from '../texts/texts.ts';

/** A sound system that works moves its clock within this time. */
const clockMs = 3000;
const lookEveryMs = 50;

/** What only the window can see: what it plays through, and the MIDI ports it may use. */
export const localFindings = async (): Promise<DeskFinding[]> => [await audioOutput(), await midi()];

/** Plays silence and looks whether the clock of the output moves. */
async function audioOutput(): Promise<DeskFinding> {
  const t = texts().doctor;
  const context = new AudioContext();
  try {
    const source = new ConstantSourceNode(context, { offset: 0 });
    source.connect(context.destination);
    source.start();
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, clockMs))]);
    for (let waited = 0; waited < clockMs && context.currentTime === 0; waited += lookEveryMs) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
    const works = context.currentTime > 0;
    const latency = context.baseLatency + (context.outputLatency || 0);
    return {
      name: t.audioOutput,
      status: works ? 'ok' : 'fail',
      found: works ? t.audioWorks(context.sampleRate, 1000 * latency) : t.audioSilent,
      fix: works ? null : t.audioFix,
    };
  } finally {
    await context.close();
  }
}

/** Ports are only asked for when that opens no question to the user. */
async function midi(): Promise<DeskFinding> {
  const t = texts().doctor;
  const name = t.midiPorts;
  const { state } = await navigator.permissions.query({ name: 'midi' });
  if (state !== 'granted') return { name, status: 'warn', found: t.midiClosed, fix: t.midiOpen };
  try {
    const { outputs } = await navigator.requestMIDIAccess({ sysex: false });
    const names = [...outputs.values()].map((port) => port.name ?? port.id);
    return names.length > 0
      ? { name, status: 'ok', found: names.join(', '), fix: null }
      : { name, status: 'warn', found: t.midiNone, fix: t.midiFix };
  } catch {
    return { name, status: 'warn', found: t.midiNone, fix: t.midiFix };
  }
}
