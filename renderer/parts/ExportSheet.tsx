import { useRef, useState } from 'react';
import {
  Button,
  Checkbox,
  Input,
  Label,
  ProgressBar,
  Radio,
  RadioGroup,
  TextField,
} from 'react-aria-components';
import type { ExportWish, Song } from '../../main/contracts/desk.ts';
import { shell } from '../connection.ts';
import { actions } from '../state/actions.ts';
import { useStore } from '../state/store.ts';
import { engineText } from '../texts/engine/engineText.ts';
import { texts } from '../texts/texts.ts';
import { confidenceLimit } from '../views/NotesView.tsx';
import { laneName } from '../views/StemsView.tsx';
import { Sheet } from './Sheet.tsx';

const Box = ({
  text,
  isOn,
  isPossible,
  onChange,
}: {
  readonly text: string;
  readonly isOn: boolean;
  readonly isPossible: boolean;
  readonly onChange: (isOn: boolean) => void;
}) => (
  <Checkbox className="checkbox" isSelected={isOn && isPossible} isDisabled={!isPossible} onChange={onChange}>
    <span className="checkbox-box" aria-hidden="true" />
    {text}
  </Checkbox>
);

interface Progress {
  readonly label: string;
  readonly fraction: number;
  readonly note?: string | undefined;
}

/** Files for the user's own folder. */
export const ExportSheet = ({ song }: { song: Song }) => {
  const t = texts().export;
  const isOpen = useStore((state) => state.dialog === 'export');
  const musicFolder = useStore((state) => state.musicFolder);
  const [folder, setFolder] = useState<string | null>(null);
  const [wish, setWish] = useState({ stems: true, midi: true, mix: false, midiPerStem: false });
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [encoding, setEncoding] = useState<ExportWish['encoding']>('float32');
  const [progress, setProgress] = useState<Progress | null>(null);
  const [remarks, setRemarks] = useState<readonly string[]>([]);
  const [files, setFiles] = useState<readonly string[] | null>(null);
  const stop = useRef<AbortController | null>(null);
  const directory = folder ?? `${musicFolder}/${song.title}`;
  const stems = song.stems === null || song.stems.preview ? [] : song.stems.lanes.map(({ name }) => name);
  const only = stems.filter((name) => !left.has(name));
  const has = { stems: stems.length > 0, midi: song.noteCount !== null, mix: song.mix !== null };
  const wanted = {
    stems: wish.stems && only.length > 0,
    midi: wish.midi && has.midi && (stems.length === 0 || only.length > 0),
    mix: wish.mix && has.mix,
  };

  const choose = async () => {
    const chosen = await shell?.chooseFolder();
    if (chosen != null) setFolder(chosen);
  };
  const close = () => {
    stop.current?.abort();
    actions.dialog(null);
    setFiles(null);
    setRemarks([]);
  };
  const go = async () => {
    // While it runs the same button stops it, so that the focus stays.
    if (stop.current !== null) {
      stop.current.abort();
      return;
    }
    stop.current = new AbortController();
    setFiles(null);
    setRemarks([]);
    setProgress({ label: '', fraction: 0 });
    const complete = {
      ...wanted,
      encoding,
      minConfidence: confidenceLimit.current,
      ...(left.size > 0 && { only }),
      midiPerStem: wish.midiPerStem,
    };
    const { signal } = stop.current;
    const written = await actions.export(song.id, directory, complete, signal, (update) => {
      setProgress(update);
      const { note } = update;
      if (note !== undefined) setRemarks((before) => [...before, engineText('jobs', note)]);
    });
    setFiles(written);
    setProgress(null);
    stop.current = null;
  };

  return (
    <Sheet title={t.title} isOpen={isOpen} onClose={close}>
      <div className="folder-row">
        <TextField className="text-field" value={directory} onChange={setFolder}>
          <Label>{t.folder}</Label>
          <Input />
        </TextField>
        {shell !== null && (
          <Button className="button" onPress={() => void choose()}>
            {t.choose}
          </Button>
        )}
      </div>
      <div className="choices">
        <Box
          text={t.stems}
          isOn={wish.stems}
          isPossible={has.stems}
          onChange={(on) => setWish({ ...wish, stems: on })}
        />
        {has.stems && (
          <div className="sub-choices" role="group" aria-label={t.which}>
            {stems.map((name) => (
              <Box
                key={name}
                text={laneName(name)}
                isOn={!left.has(name)}
                isPossible
                onChange={(on) =>
                  setLeft(new Set(on ? [...left].filter((each) => each !== name) : [...left, name]))
                }
              />
            ))}
          </div>
        )}
        <RadioGroup
          className="radios radios-tall"
          aria-label={t.encoding}
          value={encoding}
          isDisabled={!wanted.stems}
          onChange={(value) => setEncoding(value as ExportWish['encoding'])}
        >
          <Radio className="radio" value="float32">
            {t.float}
          </Radio>
          <Radio className="radio" value="int24">
            {t.int24}
          </Radio>
          <Radio className="radio" value="flac">
            {t.flac}
          </Radio>
        </RadioGroup>
        <Box
          text={t.midi}
          isOn={wish.midi}
          isPossible={has.midi}
          onChange={(midi) => setWish({ ...wish, midi })}
        />
        <div className="sub-choices">
          <Box
            text={t.midiPerStem}
            isOn={wish.midiPerStem}
            isPossible={wanted.midi}
            onChange={(midiPerStem) => setWish({ ...wish, midiPerStem })}
          />
        </div>
        <Box
          text={t.mix}
          isOn={wish.mix}
          isPossible={has.mix}
          onChange={(mix) => setWish({ ...wish, mix })}
        />
      </div>
      {progress !== null && (
        <ProgressBar className="progress" aria-label={t.title} value={100 * progress.fraction}>
          <span className="progress-rail">
            <span className="progress-fill" style={{ width: `${100 * progress.fraction}%` }} />
          </span>
        </ProgressBar>
      )}
      {remarks.map((remark) => (
        <p className="export-remark" role="alert" key={remark}>
          {remark}
        </p>
      ))}
      {files !== null && (
        <ul className="exported" aria-label={t.done(files.length, directory)}>
          {files.map((file) => (
            <li key={file}>
              <span>{file}</span>
              {shell !== null && (
                <Button className="button" onPress={() => void shell?.showFile(file)}>
                  {t.show}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <div className="sheet-actions">
        <Button className="button" onPress={close}>
          {t.close}
        </Button>
        <Button
          className="button button-main"
          isDisabled={!(wanted.stems || wanted.midi || wanted.mix)}
          onPress={() => void go()}
        >
          {progress === null ? t.go : t.stop}
        </Button>
      </div>
    </Sheet>
  );
};
