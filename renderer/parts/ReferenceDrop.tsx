import { useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { actions } from '../state/actions.ts';
import { activeJob, useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';
import { audioEndings } from './chooseFiles.ts';
import { icons } from './icons.tsx';

const nameOf = (path: string): string =>
  path
    .split(/[\\/]/)
    .at(-1)!
    .replace(/\.[^.]+$/, '');

/** Where a mix that the suggestion is to come near to is dropped or chosen. */
export const ReferenceDrop = ({
  songId,
  file,
}: {
  readonly songId: string;
  readonly file: string | null;
}) => {
  const t = texts().mix;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const busy = useStore((state) => activeJob(state.jobs, songId) !== null);
  const take = (chosen: File | undefined) => {
    if (chosen === undefined) return;
    if (busy) actions.notice('bad', t.referenceBusy);
    else void actions.matchReference(songId, chosen);
  };
  return (
    <div
      className="reference"
      role="group"
      aria-label={t.reference}
      data-own-drop=""
      data-over={over || undefined}
      // Also while over its own parts, which it is said to be left for.
      onDragOver={() => setOver(true)}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        take(event.dataTransfer.files[0]);
      }}
    >
      <icons.drag />
      <span>{file === null ? t.referenceDrop : t.referenceOf(nameOf(file))}</span>
      <Button className="button button-quiet" isDisabled={busy} onPress={() => input.current?.click()}>
        {t.referenceChoose}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={audioEndings}
        aria-label={t.reference}
        onChange={(event) => {
          take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
};
