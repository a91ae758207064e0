import { useEffect, useMemo, useRef, useState } from 'react';
import { Button, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { Medium, NoteEdit, NoteSheet, Song } from '../../main/contracts/desk.ts';
import { NotePlayer } from '../audio/notePlayer.ts';
import { pitchName } from '../canvas/noteLayout.ts';
import { changeEdit } from '../notes/edits.ts';
import { noteColourings, rampGradient, type NoteColouring } from '../notes/noteColours.ts';
import { quantised, straightSixteenths } from '../notes/quantise.ts';
import { Choice, Empty, Fader } from '../parts/controls.tsx';
import { DragOut } from '../parts/DragOut.tsx';
import { AnalyseButton } from '../parts/AnalyseButton.tsx';
import { LaneArea } from '../parts/LaneArea.tsx';
import { NoteListening } from '../parts/NoteListening.tsx';
import { PianoRoll } from '../parts/PianoRoll.tsx';
import { QuantiseBar } from '../parts/QuantiseBar.tsx';
import { SendToTrack } from '../parts/SendToTrack.tsx';
import { SpectrogramToggle } from '../parts/SpectrogramToggle.tsx';
import { useEmitter } from '../parts/Transport.tsx';
import { UndoRedo } from '../parts/UndoRedo.tsx';
import { toneOf } from '../parts/Wave.tsx';
import { actions } from '../state/actions.ts';
import { shown, undoable } from '../state/shown.ts';
import { texts } from '../texts/texts.ts';
import { drumName } from '../../main/midi/drumNames.ts';
import { isDrums } from '../../main/midi/drums.ts';
import { laneName } from './StemsView.tsx';

const notePlayer = new NotePlayer();

/** What is hidden in the view is left out of the export, too. */
export const confidenceLimit = { current: 0.35 };
/** Kept from view to view. */
const last = { grid: straightSixteenths, snaps: false, colouring: 'part' as NoteColouring };

const percent = (value: number) => `${Math.round(100 * value)} %`;

/** The stem that a part was heard in; the song where all parts are shown. */
function mediumOf(song: Song, part: string | null): Medium | null {
  const lanes = song.inputs.length === 1 ? (song.stems?.lanes ?? []) : song.sources;
  const lane = part === null ? song.sources[0] : lanes.find(({ name }) => name === part);
  return lane?.medium ?? null;
}

export const NotesView = ({ song }: { song: Song }) => {
  useEmitter(shown.changed);
  const t = texts().notes;
  const [sheet, setSheet] = useState<NoteSheet | null>(null);
  const [limit, setLimit] = useState(confidenceLimit.current);
  const [part, setPart] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [grid, setGrid] = useState(last.grid);
  const [snaps, setSnaps] = useState(last.snaps);
  const [colouring, setColouring] = useState(last.colouring);
  const beats = song.tags?.beats ?? [];

  useEffect(() => {
    if (song.noteCount === null) return undefined;
    let wanted = true;
    const load = async () => {
      const fresh = await actions.notes(song.id);
      if (wanted) setSheet(fresh);
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [song.id, song.noteCount, song.noteRevision]);
  useEffect(() => {
    Object.assign(last, { grid, snaps, colouring });
  }, [grid, snaps, colouring]);

  const parts = useMemo(() => {
    const lanes = song.inputs.length === 1 ? (song.stems?.lanes ?? []) : song.sources;
    // Drums have a lane from the start: a transcriber of pitches leaves it to the user.
    const drums = lanes.map(({ name }) => name).filter(isDrums);
    return [...new Set([...(sheet?.notes.map(({ stem }) => stem) ?? []), ...drums])];
  }, [sheet, song]);
  const ofPart = useMemo(
    () => (sheet?.notes ?? []).filter(({ stem }) => part === null || stem === part),
    [sheet, part],
  );
  const visible = useMemo(() => ofPart.filter(({ confidence }) => confidence >= limit), [ofPart, limit]);
  useEffect(() => notePlayer.setNotes(visible), [visible]);

  const apply = async (work: Promise<NoteSheet | null>) => {
    const fresh = await work;
    if (fresh !== null) setSheet(fresh);
  };
  const undo = () => void apply(actions.undoNotes(song.id));
  const redo = () => void apply(actions.redoNotes(song.id));
  const latest = useRef({ undo, redo });
  latest.current = { undo, redo };
  useEffect(() => {
    undoable.current = { undo: () => latest.current.undo(), redo: () => latest.current.redo() };
    return () => {
      undoable.current = null;
    };
  }, []);

  if (song.noteCount === null) {
    return (
      <Empty title={t.none} text={t.noneText}>
        <AnalyseButton songId={song.id} />
      </Empty>
    );
  }

  const edit = (change: NoteEdit) => void apply(actions.editNotes(song.id, change));
  const quantise = () => {
    const moved = quantised(
      ofPart.filter(({ id }) => chosen.size === 0 || chosen.has(id)),
      beats,
      grid,
    );
    if (moved.length > 0) edit(changeEdit(moved));
  };
  const one = chosen.size === 1 ? ofPart.find(({ id }) => chosen.has(id)) : undefined;
  const status =
    one === undefined
      ? chosen.size > 0
        ? t.chosen(chosen.size)
        : t.shown(visible.length, ofPart.length)
      : t.chosenOne(
          (isDrums(one.stem) ? drumName(one.pitch) : null) ?? pitchName(one.pitch),
          one.velocity,
          Math.round(100 * one.confidence),
        );

  return (
    <div className="view view-notes">
      <div className="view-bar">
        <ToggleButtonGroup
          className="segments"
          aria-label={t.part}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[part ?? '']}
          onSelectionChange={(keys) => {
            setChosen(new Set());
            for (const key of keys) setPart(key === '' ? null : String(key));
          }}
        >
          <ToggleButton id="" className="segment">
            {t.all}
          </ToggleButton>
          {parts.map((each, index) => (
            <ToggleButton key={each} id={each} className="segment">
              <span className="swatch" data-tone={toneOf(each, index)} aria-hidden="true" />
              {laneName(each)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <span className="bar-label" aria-hidden="true">
          {t.confidenceShort}
        </span>
        <Fader
          label={t.confidence}
          value={limit}
          onChange={(value) => {
            confidenceLimit.current = value;
            setLimit(value);
          }}
          min={0}
          max={1}
          step={0.01}
          home={0.35}
          format={percent}
        />
        <span className="fact" role="status">
          {status}
        </span>
        <span className="spring" />
        <DragOut
          songId={song.id}
          what="midi"
          name={part ?? ''}
          minConfidence={limit}
          fileName={part === null ? `${song.title}.mid` : `${song.title} - ${part}.mid`}
          label={t.drag}
        />
        <SendToTrack song={song} what="notes" part={part} minConfidence={limit} />
        <Button className="button" onPress={() => actions.dialog('export')}>
          {texts().stems.export}
        </Button>
      </div>
      <div className="view-bar view-bar-tools">
        <QuantiseBar
          settings={grid}
          onSettings={setGrid}
          snaps={snaps}
          onSnaps={setSnaps}
          isPossible={beats.length > 1}
          onQuantise={quantise}
        />
        <UndoRedo
          labels={t}
          canUndo={sheet?.canUndo === true}
          canRedo={sheet?.canRedo === true}
          onUndo={undo}
          onRedo={redo}
        />
        <span className="spring" />
        <NoteListening notes={notePlayer} />
        <SpectrogramToggle place="Paper" />
      </div>
      <LaneArea tags={song.tags}>
        <div className="lane lane-roll">
          <div className="lane-head lane-legend">
            <Choice
              label={t.colouring}
              value={colouring}
              options={noteColourings.map((id) => ({ id, name: t.colourings[id] }))}
              onChange={(value) => setColouring(noteColourings.find((each) => each === value) ?? 'part')}
            />
            {colouring === 'part' ? (
              parts.map((each, index) => (
                <span key={each} className="legend">
                  <span className="swatch" data-tone={toneOf(each, index)} aria-hidden="true" />
                  <span className="legend-name">{laneName(each)}</span>
                  <span className="legend-count">{visible.filter(({ stem }) => stem === each).length}</span>
                </span>
              ))
            ) : (
              <span className="legend-scale">
                <span
                  className="colour-ramp"
                  aria-hidden="true"
                  style={{ backgroundImage: rampGradient(colouring) }}
                />
                <span>{colouring === 'velocity' ? '1' : '0 %'}</span>
                <span>{colouring === 'velocity' ? '127' : '100 %'}</span>
              </span>
            )}
          </div>
          <PianoRoll
            notes={ofPart}
            parts={part === null ? parts : [part]}
            minConfidence={limit}
            tags={song.tags}
            colouring={colouring}
            medium={shown.spectrogram ? mediumOf(song, part) : null}
            grid={grid}
            snaps={snaps}
            chosen={chosen}
            onChoose={setChosen}
            onEdit={edit}
            onSound={(note) => notePlayer.sound(note)}
          />
        </div>
      </LaneArea>
    </div>
  );
};
