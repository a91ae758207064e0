import { useEffect, useState } from 'react';
import { MidiPortSink, askForMidi, midiPorts, midiPortsChanged } from '../audio/midiPorts.ts';
import type { NotePlayer } from '../audio/notePlayer.ts';
import { actions } from '../state/actions.ts';
import { texts } from '../texts/texts.ts';
import { Choice, Toggle } from './controls.tsx';
import { icons } from './icons.tsx';
import { useEmitter } from './Transport.tsx';

const [builtIn, ask] = ['synth', 'ask'];
/** Kept from view to view. */
const last = { on: false, output: builtIn };

/** Whether the notes are heard with the song, and on what: the built-in synthesizers or a MIDI port. */
export const NoteListening = ({ notes }: { notes: NotePlayer }) => {
  useEmitter(midiPortsChanged);
  const t = texts().notes;
  const [isOn, setOn] = useState(last.on);
  const [output, setOutput] = useState(last.output);
  const ports = midiPorts();
  const there = output === builtIn || ports?.some(({ id }) => id === output) === true;

  useEffect(() => {
    Object.assign(last, { on: isOn, output });
    notes.playOn(output === builtIn || !there ? notes.synth : new MidiPortSink(output));
    if (isOn) notes.start();
    return () => notes.stop();
  }, [isOn, output, there, notes]);

  const choose = async (chosen: string) => {
    if (chosen !== ask) {
      setOutput(chosen);
      setOn(true);
      return;
    }
    try {
      await askForMidi();
      if (midiPorts()?.length === 0) actions.notice('bad', t.noPorts);
    } catch (thrown) {
      actions.notice('bad', t.portsRefused(thrown instanceof Error ? thrown.message : String(thrown)));
    }
  };

  return (
    <div className="bar-group" role="group" aria-label={t.listen}>
      <Toggle label={t.listen} isOn={isOn} onChange={setOn}>
        <icons.listen />
      </Toggle>
      <Choice
        label={t.output}
        value={there ? output : builtIn}
        options={[
          { id: builtIn, name: t.synth },
          ...(ports ?? []),
          ...(ports === null || ports.length === 0 ? [{ id: ask, name: t.findPorts }] : []),
        ]}
        onChange={(chosen) => void choose(chosen)}
      />
    </div>
  );
};
