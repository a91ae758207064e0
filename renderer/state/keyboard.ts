import { player } from '../audio/player.ts';
import { viewport } from '../canvas/viewport.ts';
import { chooseFiles } from '../parts/chooseFiles.ts';
import { loopView } from '../parts/Transport.tsx';
import { live } from '../studio/live.ts';
import { studioActions } from '../studio/studioActions.ts';
import { useStudio } from '../studio/studioState.ts';
import { actions } from './actions.ts';
import { listening, type Strip } from './listening.ts';
import { shown, undoable } from './shown.ts';
import { useStore, views } from './store.ts';

const jumpSeconds = 5;
const zoomStep = 1.4;

/** What a key does anywhere in the window; `true` when it did something. */
function press(event: KeyboardEvent): boolean {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) {
    const commands: Record<string, () => void> = {
      o: () => void chooseFiles(event.shiftKey),
      e: () => actions.dialog('export'),
      enter: () => actions.dialog('start'),
      ...(undoable.current !== null && {
        z: () => (event.shiftKey ? undoable.current?.redo() : undoable.current?.undo()),
        y: () => undoable.current?.redo(),
      }),
    };
    return run(commands[key.toLowerCase()]);
  }
  const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
  if (digit !== undefined) {
    const index = Number(digit) - 1;
    if (event.altKey) {
      const view = views[index];
      return run(view === undefined ? undefined : () => actions.show(view));
    }
    const strip = listening.strips[index];
    if (strip === undefined) return false;
    listening.setStrip(index, event.shiftKey ? { muted: !strip.muted } : { solo: !strip.solo });
    return true;
  }
  if (event.altKey) return false;
  const commands: Record<string, () => void> = {
    ' ': () => player.toggle(),
    home: () => player.seek(0),
    end: () => player.seek(player.duration),
    arrowleft: () => player.seek(player.position - jumpSeconds),
    arrowright: () => player.seek(player.position + jumpSeconds),
    j: () => player.seek(player.position - jumpSeconds),
    k: () => player.pause(),
    l: () => player.play(),
    a: () => listening.compare(),
    b: loopView,
    g: () => shown.setSpectrogram(!shown.spectrogram),
    m: () =>
      void (useStudio.getState().studio?.state === 'serving' && studioActions.addMarker(live.position)),
    ...(useStore.getState().view === 'stems' && {
      arrowup: () => stepLane(-1),
      arrowdown: () => stepLane(1),
      s: () => changeLane(({ solo }) => ({ solo: !solo })),
      m: () => changeLane(({ muted }) => ({ muted: !muted })),
    }),
    '+': () => viewport.zoomAround(1 / zoomStep, player.position),
    '=': () => viewport.zoomAround(1 / zoomStep, player.position),
    '-': () => viewport.zoomAround(zoomStep, player.position),
    '0': () => viewport.showAll(player.duration),
    '?': () => actions.dialog('shortcuts'),
  };
  return run(commands[key.toLowerCase()]);
}

function stepLane(by: number): void {
  shown.setLane(Math.max(0, Math.min(listening.strips.length - 1, shown.lane + by)));
}

function changeLane(change: (strip: Strip) => Partial<Strip>): void {
  const strip = listening.strips[shown.lane];
  if (strip !== undefined) listening.setStrip(shown.lane, change(strip));
}

function run(command: (() => void) | undefined): boolean {
  command?.();
  return command !== undefined;
}

/** Elements that have a use for the key themselves keep it. */
function isTaken(event: KeyboardEvent): boolean {
  const element = event.target as HTMLElement;
  // Boxes, switches and choices have a use for few keys; where text is written, all are letters.
  if (element.matches('input[type=checkbox], input[type=radio]')) return /^( |Arrow.*)$/.test(event.key);
  if (element.closest('input:not([type=range]), textarea, [contenteditable]') !== null) return true;
  if (useStore.getState().dialog !== null) return true;
  const usesArrows =
    element.closest('input[type=range], select, [role=radiogroup], [role=toolbar], [data-keys=arrows]') !==
    null;
  return usesArrows && /^(Arrow|Home|End)/.test(event.key);
}

export function listenToKeys(): void {
  window.addEventListener(
    'keydown',
    (event) => {
      if (event.defaultPrevented || isTaken(event)) return;
      // The space bar plays, also while a button has the focus; Enter presses buttons.
      if (press(event)) {
        event.preventDefault();
        event.stopPropagation();
      }
    },
    { capture: true },
  );
}
