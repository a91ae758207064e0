import { useEffect, useRef, useState } from 'react';
import { Button, Checkbox } from 'react-aria-components';
import type { PackEntry } from '../../main/contracts/desk.ts';
import { usualPreferences } from '../../main/contracts/preferences.ts';
import { LabelledSwitch } from '../parts/controls.tsx';
import { ImportSheet } from '../parts/ImportSheet.tsx';
import { PackCard, megabytes, usePackWork } from '../parts/PackCard.tsx';
import { Sheet } from '../parts/Sheet.tsx';
import { actions } from '../state/actions.ts';
import { currentSong, useStore } from '../state/store.ts';
import { texts } from '../texts/texts.ts';

/** What a pack comes under, before anything is fetched. */
const LicenceSheet = ({
  pack,
  onAnswer,
}: {
  readonly pack: PackEntry;
  /** `null` when nothing is to be installed. */
  readonly onAnswer: (accepted: boolean | null) => void;
}) => {
  const t = texts().models;
  const [accepted, setAccepted] = useState(false);
  const mustAccept = pack.licence?.mustAccept === true;
  return (
    <Sheet title={pack.name} isOpen onClose={() => onAnswer(null)} wide>
      <p>
        {t.licence}: <strong>{pack.licence?.id}</strong>
        {pack.downloadBytes !== null && <> · {t.download(megabytes(pack.downloadBytes))}</>}
      </p>
      {/* oxlint-disable-next-line */}
      <pre className="licence-text" tabIndex={0}>
        {pack.licence?.text}
      </pre>
      {mustAccept && (
        <Checkbox className="checkbox" isSelected={accepted} onChange={setAccepted}>
          <span className="checkbox-box" aria-hidden="true" />
          {t.accept}
        </Checkbox>
      )}
      <div className="sheet-actions">
        <Button className="button" onPress={() => onAnswer(null)}>
          {texts().cancel}
        </Button>
        <Button
          className="button button-main"
          isDisabled={mustAccept && !accepted}
          onPress={() => onAnswer(accepted)}
        >
          {mustAccept ? t.acceptAndInstall : t.install}
        </Button>
      </div>
    </Sheet>
  );
};

/** A model file is chosen, or dropped on the button. */
const ImportButton = ({ onFile }: { onFile: (file: File) => void }) => {
  const t = texts().models;
  const input = useRef<HTMLInputElement>(null);
  const take = (file: File | undefined) => {
    if (file !== undefined) onFile(file);
  };
  return (
    <div className="reference" data-own-drop="" onDrop={(event) => take(event.dataTransfer.files[0])}>
      <span>{t.importDrop}</span>
      <Button className="button button-quiet" onPress={() => input.current?.click()}>
        {t.import}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".onnx"
        aria-label={t.import}
        onChange={(event) => {
          take(event.target.files?.[0]);
          event.target.value = '';
        }}
      />
    </div>
  );
};

/** What the next analyses listen with, and what the song that is open was heard with. */
const FeatureSwitch = () => {
  const t = texts().models;
  const song = useStore(currentSong);
  const isOn = useStore(({ preferences }) => (preferences ?? usualPreferences).features);
  const heard = song?.tags?.content;
  return (
    <div className="feature-switch">
      <LabelledSwitch
        label={t.features}
        isOn={isOn}
        onChange={(features) => void actions.setPreferences({ features })}
      />
      <p>
        {t.featuresText}
        {song !== null && heard !== undefined && <> {t.heardWith(song.title, heard.withFeatures)}</>}
      </p>
    </div>
  );
};

export const ModelsView = () => {
  const t = texts().models;
  const packs = useStore((state) => state.packs);
  const [asked, setAsked] = useState<PackEntry | null>(null);
  const [imported, setImported] = useState<File | null>(null);
  const [installing, setInstalling] = useState<string | null>(null);
  const [work, perform] = usePackWork();

  useEffect(() => void actions.refreshPacks(), []);

  const answer = async (pack: PackEntry, accepted: boolean | null) => {
    setAsked(null);
    if (accepted === null) return;
    setInstalling(pack.id);
    await perform((signal, report) => actions.addPack(pack.id, accepted, signal, report));
    setInstalling(null);
  };

  return (
    <div className="view view-page">
      <div className="view-bar">
        <h2>{texts().views.models}</h2>
        <span className="spring" />
        <ImportButton onFile={setImported} />
      </div>
      <p className="intro">{t.intro}</p>
      <FeatureSwitch />
      <ul className="cards">
        {packs.map((pack) => (
          <PackCard
            key={pack.id}
            pack={pack}
            installing={installing === pack.id ? work : null}
            onInstall={() => setAsked(pack)}
          />
        ))}
      </ul>
      {asked !== null && <LicenceSheet pack={asked} onAnswer={(accepted) => void answer(asked, accepted)} />}
      {imported !== null && <ImportSheet file={imported} onClose={() => setImported(null)} />}
    </div>
  );
};
