import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { DeskNote, NoteEdit } from '../../main/contracts/desk.ts';
import type { Tags } from '../../main/contracts/tags.ts';
import { player } from '../audio/player.ts';
import { drawGrid } from '../canvas/grid.ts';
import { isBlackKey, noteAt, pitchName, pitchRange } from '../canvas/noteLayout.ts';
import { colour, useCanvas, type Surface } from '../canvas/useCanvas.ts';
import { viewport } from '../canvas/viewport.ts';
import { texts } from '../texts/texts.ts';
import { toneOf } from './Wave.tsx';

interface PianoRollProps {
  /** In order of onset; all of them, the hidden ones too. */
  readonly notes: readonly DeskNote[];
  readonly parts: readonly string[];
  readonly minConfidence: number;
  readonly tags: Tags | null;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: ReadonlySet<string>) => void;
  readonly onEdit: (edit: NoteEdit) => void;
  readonly onSound: (note: DeskNote) => void;
}

const nudgeSeconds = 0.05;
/** Length of a note that is drawn with a double click, in seconds. */
const drawnLength = 0.25;

/** The notes over the song's time. Colour is the part, strength of the colour how sure the note is. */
export const PianoRoll = (props: PianoRollProps) => {
  const { notes, parts, minConfidence, tags, chosen, onChoose, onEdit, onSound } = props;
  const range = pitchRange(notes);
  const rows = range.highest - range.lowest + 1;
  const shown = notes.filter(({ confidence }) => confidence >= minConfidence);
  const [moving, setMoving] = useState<{ pitches: number; seconds: number } | null>(null);

  const draw = (surface: Surface) => {
    const element = canvas.current!;
    const { context, width, height } = surface;
    const rowHeight = height / rows;
    const top = (pitch: number) => (range.highest - pitch) * rowHeight;
    context.fillStyle = colour(element, '--row-black');
    for (let pitch = range.lowest; pitch <= range.highest; pitch++) {
      if (isBlackKey(pitch)) context.fillRect(0, top(pitch), width, rowHeight);
    }
    context.fillStyle = colour(element, '--grid-strong');
    for (let pitch = range.lowest; pitch <= range.highest; pitch++) {
      if (pitch % 12 === 0) context.fillRect(0, Math.round(top(pitch) + rowHeight), width, 1);
    }
    drawGrid(surface, tags, colour(element, '--grid'), colour(element, '--grid-strong'));
    const tones = parts.map((part, index) => colour(element, `--${toneOf(part, index)}`));
    const ring = colour(element, '--text');
    for (const note of shown) {
      const picked = chosen.has(note.id);
      const shift = picked ? moving : null;
      const left = viewport.toPixel(note.onset + (shift?.seconds ?? 0));
      const right = viewport.toPixel(note.offset + (shift?.seconds ?? 0));
      if (right < 0 || left > width) continue;
      context.globalAlpha = 0.3 + 0.7 * note.confidence;
      context.fillStyle = tones[parts.indexOf(note.stem)] ?? ring;
      context.beginPath();
      context.roundRect(
        left,
        top(note.pitch + (shift?.pitches ?? 0)) + 0.5,
        Math.max(2, right - left - 1),
        rowHeight - 1,
        Math.min(3, rowHeight / 3),
      );
      context.fill();
      context.globalAlpha = 1;
      if (picked) {
        context.strokeStyle = ring;
        context.lineWidth = 1.5;
        context.stroke();
      }
    }
    context.font = '10px system-ui, sans-serif';
    context.fillStyle = colour(element, '--dim');
    context.textBaseline = 'middle';
    for (let pitch = range.lowest; pitch <= range.highest; pitch++) {
      if (pitch % 12 === 0) context.fillText(pitchName(pitch), 4, top(pitch) + rowHeight / 2);
    }
  };
  const canvas = useCanvas(draw, [viewport.changed]);
  const keyboard = useRef<HTMLDivElement>(null);

  const place = (event: { clientX: number; clientY: number }) => {
    const box = canvas.current!.getBoundingClientRect();
    const pitch = range.highest - Math.floor(((event.clientY - box.top) / box.height) * rows);
    return { seconds: viewport.toSeconds(event.clientX - box.left), pitch };
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const from = place(event);
    const hit = noteAt(shown, from.seconds, from.pitch);
    keyboard.current?.focus();
    if (hit === null) {
      onChoose(new Set());
      player.seek(from.seconds);
      return;
    }
    const add = event.shiftKey || event.ctrlKey || event.metaKey;
    const picked = chosen.has(hit.id) ? chosen : new Set([...(add ? chosen : []), hit.id]);
    onChoose(picked);
    onSound(hit);
    const target = event.currentTarget;
    target.setPointerCapture(event.pointerId);
    let shift = { pitches: 0, seconds: 0 };
    const move = (moved: globalThis.PointerEvent) => {
      const to = place(moved);
      shift = { pitches: to.pitch - from.pitch, seconds: to.seconds - from.seconds };
      setMoving(shift);
    };
    const up = () => {
      target.removeEventListener('pointermove', move);
      setMoving(null);
      // Less than a pixel or two is a click.
      if (shift.pitches === 0 && Math.abs(shift.seconds) < 3 * viewport.secondsPerPixel) return;
      onEdit(moved(notes, picked, shift));
    };
    target.addEventListener('pointermove', move);
    target.addEventListener('pointerup', up, { once: true });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Record<string, { pitches: number; seconds: number }> = {
      ArrowUp: { pitches: event.shiftKey ? 12 : 1, seconds: 0 },
      ArrowDown: { pitches: event.shiftKey ? -12 : -1, seconds: 0 },
      ArrowLeft: { pitches: 0, seconds: -nudgeSeconds },
      ArrowRight: { pitches: 0, seconds: nudgeSeconds },
    };
    const move = moves[event.key];
    if (event.key === 'Tab' || chosen.size === 0) return;
    if (move !== undefined) onEdit(moved(notes, chosen, move));
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      onEdit({ type: 'remove', ids: [...chosen] });
      onChoose(new Set());
    } else if (event.key === 'Escape') onChoose(new Set());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onDoubleClick = (event: React.MouseEvent) => {
    const { seconds, pitch } = place(event);
    const stem = parts[0];
    if (noteAt(shown, seconds, pitch) !== null || stem === undefined) return;
    const offset = seconds + drawnLength;
    onEdit({ type: 'add', note: { stem, onset: seconds, offset, pitch, velocity: 96, confidence: 1 } });
  };

  useEffect(() => {
    canvas.current?.setAttribute('data-notes', String(shown.length));
  });

  return (
    <div
      className="lane-wave roll"
      ref={keyboard}
      role="application"
      aria-label={texts().notes.roll}
      // oxlint-disable-next-line
      tabIndex={0}
      onPointerDown={onPointerDown}
      onDoubleClick={onDoubleClick}
      onKeyDown={onKeyDown}
    >
      <canvas ref={canvas} className="roll-canvas" aria-hidden="true" />
    </div>
  );
};

/** The edit that moves some notes, kept within what MIDI and the song allow. */
function moved(
  notes: readonly DeskNote[],
  ids: ReadonlySet<string>,
  { pitches, seconds }: { pitches: number; seconds: number },
): NoteEdit {
  const picked = notes.filter(({ id }) => ids.has(id));
  const earliest = Math.min(...picked.map(({ onset }) => onset));
  const shift = Math.max(-earliest, seconds);
  return {
    type: 'change',
    notes: picked.map(({ id, pitch, onset, offset }) => ({
      id,
      pitch: Math.max(0, Math.min(127, pitch + pitches)),
      onset: onset + shift,
      offset: offset + shift,
    })),
  };
}
