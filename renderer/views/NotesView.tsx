import { useEffect, useMemo, useState } from 'react';
import { Button, ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import type { NoteEdit, NoteSheet, Song } from '../../main/contracts/desk.ts';
import { NoteVoices } from '../audio/noteVoices.ts';
import { quantised } from '../canvas/noteLayout.ts';
import { shell } from '../connection.ts';
import { Empty, Fader, IconButton, Toggle } from '../parts/controls.tsx';
import { icons } from '../parts/icons.tsx';
import { AnalyseButton } from '../parts/AnalyseButton.tsx';
import { LaneArea } from '../parts/LaneArea.tsx';
import { PianoRoll } from '../parts/PianoRoll.tsx';
import { toneOf } from '../parts/Wave.tsx';
import { actions } from '../state/actions.ts';
import { texts } from '../texts/texts.ts';
import { laneName } from './StemsView.tsx';

/** Sixteenth notes. */
const quantiseParts = 4;
const voices = new NoteVoices();

/** What is hidden in the view is left out of the export, too. */
export const confidenceLimit = { current: 0.35 };

export const NotesView = ({ song }: { song: Song }) => {
  const t = texts().notes;
  const [sheet, setSheet] = useState<NoteSheet | null>(null);
  const [limit, setLimit] = useState(confidenceLimit.current);
  const [part, setPart] = useState<string | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [audible, setAudible] = useState(false);

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

  const parts = useMemo(() => [...new Set(sheet?.notes.map(({ stem }) => stem))], [sheet]);
  const ofPart = useMemo(
    () => (sheet?.notes ?? []).filter(({ stem }) => part === null || stem === part),
    [sheet, part],
  );
  const shown = useMemo(() => ofPart.filter(({ confidence }) => confidence >= limit), [ofPart, limit]);

  useEffect(() => voices.setNotes(shown), [shown]);
  useEffect(() => {
    if (audible) voices.start();
    return () => voices.stop();
  }, [audible]);

  if (song.noteCount === null) {
    return (
      <Empty title={t.none} text={t.noneText}>
        <AnalyseButton songId={song.id} />
      </Empty>
    );
  }

  const apply = async (work: Promise<NoteSheet | null>) => {
    const fresh = await work;
    if (fresh !== null) setSheet(fresh);
  };
  const edit = (change: NoteEdit) => void apply(actions.editNotes(song.id, change));
  const quantise = () => {
    const picked = ofPart.filter(({ id }) => chosen.size === 0 || chosen.has(id));
    edit({
      type: 'change',
      notes: quantised(picked, song.tags?.beats ?? [], quantiseParts).map(({ id, pitch, onset, offset }) => ({
        id,
        pitch,
        onset,
        offset,
      })),
    });
  };
  const drag = async () => {
    const path = await actions.dragFile(song.id, 'midi', part ?? '', limit);
    if (path !== null) shell?.dragOut(path);
  };

  return (
    <div
      className="view view-notes"
      onKeyDown={(event) => {
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z') return;
        event.preventDefault();
        void apply(event.shiftKey ? actions.redoNotes(song.id) : actions.undoNotes(song.id));
      }}
    >
      <div className="view-bar">
        <ToggleButtonGroup
          className="segments"
          aria-label={t.part}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[part ?? '']}
          onSelectionChange={(keys) => {
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
          {t.confidence}
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
          format={(value) => `${Math.round(100 * value)} %`}
        />
        <span className="fact" role="status">
          {chosen.size > 0 ? t.chosen(chosen.size) : t.shown(shown.length, ofPart.length)}
        </span>
        <span className="spring" />
        <Toggle label={t.listen} isOn={audible} onChange={setAudible}>
          <icons.listen />
        </Toggle>
        <IconButton
          label={t.undo}
          isDisabled={sheet?.canUndo !== true}
          onPress={() => void apply(actions.undoNotes(song.id))}
        >
          <icons.undo />
        </IconButton>
        <IconButton
          label={t.redo}
          isDisabled={sheet?.canRedo !== true}
          onPress={() => void apply(actions.redoNotes(song.id))}
        >
          <icons.redo />
        </IconButton>
        <Button className="button" isDisabled={(song.tags?.beats.length ?? 0) < 2} onPress={quantise}>
          {t.quantise}
        </Button>
        {shell !== null && (
          <span
            className="drag-handle"
            draggable
            title={t.drag}
            onDragStart={(event) => {
              event.preventDefault();
              void drag();
            }}
          >
            <icons.drag />
          </span>
        )}
        <Button className="button" onPress={() => actions.dialog('export')}>
          {texts().stems.export}
        </Button>
      </div>
      <LaneArea tags={song.tags}>
        <div className="lane lane-roll">
          <div className="lane-head lane-legend">
            {parts.map((each, index) => (
              <span key={each} className="legend">
                <span className="swatch" data-tone={toneOf(each, index)} aria-hidden="true" />
                {laneName(each)}
                <span className="legend-count">{shown.filter(({ stem }) => stem === each).length}</span>
              </span>
            ))}
          </div>
          <PianoRoll
            notes={ofPart}
            parts={part === null ? parts : [part]}
            minConfidence={limit}
            tags={song.tags}
            chosen={chosen}
            onChoose={setChosen}
            onEdit={edit}
            onSound={(note) => {
              if (audible) voices.sound(note);
            }}
          />
        </div>
      </LaneArea>
    </div>
  );
};
