import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { DeskNote, Medium, NoteEdit } from '../../main/contracts/desk.ts';
import type { Tags } from '../../main/contracts/tags.ts';
import { player } from '../audio/player.ts';
import { colour, useCanvas } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
import { drawKeys, drawRoll, type RollPicture } from '../notes/drawRoll.ts';
import { isNothing, noShift, shiftEdit, shifted, type Shift } from '../notes/edits.ts';
import type { NoteColouring } from '../notes/noteColours.ts';
import { snapped, stepOf, type QuantiseSettings } from '../notes/quantise.ts';
import { hitAt, notesIn, placeOf, velocityHit, type Place } from '../notes/rollPointer.ts';
import { keyEdit, neighbour } from '../notes/rollKeys.ts';
import { layoutRows, pitchAbove } from '../notes/rows.ts';
import { colourMapNow } from '../spectrogram/theme.ts';
import { spectrogramsChanged } from '../spectrogram/spectrograms.ts';
import { texts } from '../texts/texts.ts';
import { isDrums } from '../../main/midi/drums.ts';
import { toneOf } from './Wave.tsx';

interface PianoRollProps {
  /** In order of onset; all of them, the hidden ones too. */
  readonly notes: readonly DeskNote[];
  readonly parts: readonly string[];
  readonly minConfidence: number;
  readonly tags: Tags | null;
  readonly colouring: NoteColouring;
  /** What is heard, behind the notes; `null` for none. */
  readonly medium: Medium | null;
  readonly grid: QuantiseSettings;
  readonly snaps: boolean;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: ReadonlySet<string>) => void;
  readonly onEdit: (edit: NoteEdit) => void;
  readonly onSound: (note: Pick<DeskNote, 'stem' | 'pitch' | 'velocity'>) => void;
}

/** Length of a note that is drawn where there is no pulse, in seconds. */
const drawnLength = 0.25;
const drawnVelocity = 96;
/** Less than this is a click, not a drag. */
const clickPixels = 3;

/** The notes over the song's time, and their velocities under them. */
export const PianoRoll = (props: PianoRollProps) => {
  const { notes, parts, minConfidence, tags, chosen, grid, onChoose, onEdit, onSound } = props;
  const layout = useMemo(() => layoutRows(notes, parts), [notes, parts]);
  const visible = useMemo(
    () => notes.filter(({ confidence }) => confidence >= minConfidence),
    [notes, minConfidence],
  );
  const [shift, setShift] = useState<Shift>(noShift);
  const [frame, setFrame] = useState<RollPicture['frame']>(null);
  const beats = tags?.beats ?? [];
  const snap = (seconds: number) =>
    props.snaps ? snapped(seconds, beats, { ...grid, strength: 1 }) : seconds;

  const roll = useCanvas(
    (surface) => {
      const element = roll.current!;
      const tones = new Map(parts.map((part, index) => [part, colour(element, `--${toneOf(part, index)}`)]));
      const other = colour(element, '--source');
      const shown = isNothing(shift)
        ? visible
        : visible.map((note) => (chosen.has(note.id) ? shifted(note, shift, layout) : note));
      drawRoll(surface, element, {
        ...props,
        notes: shown,
        layout,
        colourOf: (stem) => tones.get(stem) ?? other,
        colours: colourMapNow('Paper'),
        frame,
      });
    },
    [viewport.changed, spectrogramsChanged],
  );
  const keys = useCanvas((surface) => drawKeys(surface, keys.current!, layout, texts().notes.velocity), []);
  const area = useRef<HTMLDivElement>(null);
  const place = (event: { clientX: number; clientY: number }): Place =>
    placeOf(roll.current!.getBoundingClientRect(), event, layout);

  /** Follows the pointer until it is let go. */
  const drag = (event: PointerEvent, onMove: (to: Place) => void, onUp: (isClick: boolean) => void) => {
    const target = event.currentTarget as HTMLElement;
    const [fromX, fromY] = [event.clientX, event.clientY];
    let isClick = true;
    target.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) => {
      if (Math.hypot(moved.clientX - fromX, moved.clientY - fromY) > clickPixels) isClick = false;
      if (!isClick) onMove(place(moved));
    };
    const end = () => {
      target.removeEventListener('pointermove', move);
      onUp(isClick);
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', end, { once: true });
  };

  const dragNotes = (event: PointerEvent, picked: ReadonlySet<string>, shiftTo: (to: Place) => Shift) => {
    let last = noShift;
    drag(
      event,
      (to) => {
        last = shiftTo(to);
        setShift(last);
      },
      () => {
        setShift(noShift);
        if (!isNothing(last)) onEdit(shiftEdit(notes, picked, last, layout));
      },
    );
  };

  const pick = (note: DeskNote, event: PointerEvent): ReadonlySet<string> => {
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    const picked = chosen.has(note.id) ? chosen : new Set([...(add ? chosen : []), note.id]);
    onChoose(picked);
    return picked;
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    const from = place(event);
    area.current?.focus();
    if (from.velocity !== null) {
      const note = velocityHit(visible, chosen, from);
      if (note === null) return;
      dragNotes(event, pick(note, event), (to) => ({
        ...noShift,
        velocity: (to.velocity ?? 127) - note.velocity,
      }));
      return;
    }
    const hit = hitAt(visible, layout, from);
    if (hit === null) {
      let inFrame: DeskNote[] = [];
      drag(
        event,
        (to) => {
          const box = {
            from: Math.min(from.seconds, to.seconds),
            to: Math.max(from.seconds, to.seconds),
            top: Math.min(from.height, to.height),
            bottom: Math.max(from.height, to.height),
          };
          inFrame = notesIn(visible, layout, box);
          setFrame(box);
        },
        (isClick) => {
          setFrame(null);
          onChoose(new Set(inFrame.map(({ id }) => id)));
          if (isClick) player.seek(from.seconds);
        },
      );
      return;
    }
    onSound(hit.note);
    const { note, edge } = hit;
    dragNotes(event, pick(note, event), (to) => {
      const end = edge === 'end' ? note.offset : note.onset;
      const rows = layout.rows.indexOf(from.row) - layout.rows.indexOf(to.row);
      return {
        ...noShift,
        rows: edge === null ? rows : 0,
        seconds: snap(end + to.seconds - from.seconds) - end,
        edge,
      };
    });
  };

  const add = (seconds: number, pitch: number, isDrum: boolean) => {
    const stem = parts.find((part) => isDrums(part) === isDrum) ?? parts[0];
    if (stem === undefined) return;
    const onset = snap(Math.max(0, seconds));
    const usual =
      beats.length > 1 ? (stepOf(grid) * (beats.at(-1)! - beats[0]!)) / (beats.length - 1) : drawnLength;
    const note = { stem, onset, offset: onset + usual, pitch, velocity: drawnVelocity, confidence: 1 };
    onSound(note);
    onEdit({ type: 'add', note });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const nearest = (from: DeskNote | null) => {
      const next = neighbour(visible, from, player.position, event.key);
      if (next === null) return false;
      onChoose(new Set([next.id]));
      onSound(next);
      player.seek(next.onset);
      return true;
    };
    const edit = keyEdit(event);
    const picked = visible.filter(({ id }) => chosen.has(id));
    if (event.key === ',' || event.key === '.') {
      if (!nearest(picked[0] ?? null)) return;
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
      onChoose(new Set(visible.map(({ id }) => id)));
    } else if (event.key === 'Insert' || event.key.toLowerCase() === 'n') {
      const like = picked[0] ??
        visible[0] ?? { stem: parts[0] ?? '', pitch: layout.rows[layout.rows.length >> 1]!.pitch };
      add(player.position, like.pitch, isDrums(like.stem));
    } else if (chosen.size === 0) return;
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      onEdit({ type: 'remove', ids: [...chosen] });
      onChoose(new Set());
    } else if (event.key === 'Escape') onChoose(new Set());
    else if (edit !== null) {
      onEdit(shiftEdit(notes, chosen, edit, layout));
      const [first] = picked;
      if (edit.rows !== 0 && first !== undefined)
        onSound({ ...first, pitch: pitchAbove(layout, first, edit.rows) });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  useEffect(() => {
    roll.current?.setAttribute('data-notes', String(visible.length));
  });

  return (
    <>
      <canvas ref={keys} className="roll-keys" aria-hidden="true" />
      <div
        className="roll"
        ref={area}
        role="application"
        aria-label={texts().notes.roll}
        aria-roledescription={texts().notes.rollRole}
        // oxlint-disable-next-line
        tabIndex={0}
        data-keys={chosen.size > 0 ? 'arrows' : ''}
        onPointerDown={onPointerDown}
        onPointerMove={(event) => {
          if (event.buttons !== 0) return;
          const at = place(event);
          const hit = at.velocity === null ? hitAt(visible, layout, at) : null;
          const cursors = { start: 'ew-resize', end: 'ew-resize', none: 'grab' };
          event.currentTarget.style.cursor =
            at.velocity === null ? (hit === null ? 'crosshair' : cursors[hit.edge ?? 'none']) : 'ns-resize';
        }}
        onDoubleClick={(event) => {
          const at = place(event);
          if (at.velocity === null && hitAt(visible, layout, at) === null) {
            add(at.seconds, at.row.pitch, at.row.isDrum);
          }
        }}
        onKeyDown={onKeyDown}
      >
        <canvas ref={roll} className="roll-canvas" aria-hidden="true" />
      </div>
    </>
  );
};
