import { useState } from 'react';
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
import { texts } from '../texts/texts.ts';
import { confidenceLimit } from '../views/NotesView.tsx';
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

/** Files for the user's own folder. */
export const ExportSheet = ({ song }: { song: Song }) => {
  const t = texts().export;
  const isOpen = useStore((state) => state.dialog === 'export');
  const musicFolder = useStore((state) => state.musicFolder);
  const [folder, setFolder] = useState<string | null>(null);
  const [wish, setWish] = useState({ stems: true, midi: true, mix: false });
  const [encoding, setEncoding] = useState<ExportWish['encoding']>('float32');
  const [progress, setProgress] = useState<{ label: string; fraction: number } | null>(null);
  const [files, setFiles] = useState<readonly string[] | null>(null);
  const directory = folder ?? `${musicFolder}/${song.title}`;
  const has = {
    stems: song.stems !== null && !song.stems.preview,
    midi: song.noteCount !== null,
    mix: song.mix !== null,
  };
  const wanted = {
    stems: wish.stems && has.stems,
    midi: wish.midi && has.midi,
    mix: wish.mix && has.mix,
  };

  const choose = async () => {
    const chosen = await shell?.chooseFolder();
    if (chosen != null) setFolder(chosen);
  };
  const close = () => {
    actions.dialog(null);
    setFiles(null);
  };
  const go = async () => {
    // Still under way; the button stays as it is, so that the focus does.
    if (progress !== null) return;
    setProgress({ label: '', fraction: 0 });
    const minConfidence = confidenceLimit.current;
    setFiles(await actions.export(song.id, directory, { ...wanted, encoding, minConfidence }, setProgress));
    setProgress(null);
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
          onChange={(stems) => setWish({ ...wish, stems })}
        />
        <RadioGroup
          className="radios"
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
        </RadioGroup>
        <Box
          text={t.midi}
          isOn={wish.midi}
          isPossible={has.midi}
          onChange={(midi) => setWish({ ...wish, midi })}
        />
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
          {t.go}
        </Button>
      </div>
    </Sheet>
  );
};
