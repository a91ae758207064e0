import { useRef } from 'react';
import { mediumUrl, shell } from '../connection.ts';
import { actions } from '../state/actions.ts';
import { icons } from './icons.tsx';

interface DragOutProps {
  readonly songId: string;
  readonly what: 'stem' | 'midi';
  /** The stem; empty for all of them in one MIDI file. */
  readonly name: string;
  readonly minConfidence: number;
  /** What the file will be called. */
  readonly fileName: string;
  readonly label: string;
}

/**
 * A handle that drags a file out of the window, into a DAW or a folder. The app hands the system a file; a browser
 * hands it an address to download from, and a click (or Enter) downloads it.
 */
export const DragOut = ({ songId, what, name, minConfidence, fileName, label }: DragOutProps) => {
  const prepared = useRef<Promise<string | null> | null>(null);
  if (shell !== null) {
    // Made when the button goes down: a drag begins a moment later and should not have to wait.
    const prepare = () => (prepared.current = actions.dragFile(songId, what, name, minConfidence));
    return (
      <span
        className="drag-handle"
        draggable
        title={label}
        onPointerDown={() => void prepare()}
        onDragStart={(event) => {
          // The system drags the file itself, not a picture of the page.
          event.preventDefault();
          void (prepared.current ?? prepare()).then((path) => path !== null && shell?.dragOut(path));
        }}
      >
        <icons.drag />
      </span>
    );
  }
  const query = new URLSearchParams({ what, name, above: String(minConfidence) });
  const href = mediumUrl(songId).replace('/media/', '/drag/') + `?${query}`;
  const type = what === 'midi' ? 'audio/midi' : 'audio/wav';
  return (
    <a
      className="drag-handle"
      href={href}
      download={fileName}
      aria-label={label}
      title={label}
      onDragStart={(event) => event.dataTransfer.setData('DownloadURL', `${type}:${fileName}:${href}`)}
    >
      <icons.drag />
    </a>
  );
};
