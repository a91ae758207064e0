import { useState } from 'react';
import { Button, Input, Label, Radio, RadioGroup, TextField } from 'react-aria-components';
import type { PackImport } from '../../main/contracts/desk.ts';
import { actions } from '../state/actions.ts';
import { texts } from '../texts/texts.ts';
import { Sheet } from './Sheet.tsx';

const adapters = ['htdemucs', 'waveform', 'mdx-net'] as const satisfies readonly PackImport['adapter'][];
const rates = [44_100, 48_000] as const;

/** Small letters, digits and dashes of the file's name. */
const idOf = (name: string): string =>
  name
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'my-model';

const stemsOf = (text: string): string[] =>
  text
    .split(',')
    .map((stem) => stem.trim())
    .filter((stem) => stem !== '');

/** How a model file of the user's own is to be fed; the engine checks the graph before it is installed. */
export const ImportSheet = ({ file, onClose }: { readonly file: File; readonly onClose: () => void }) => {
  const t = texts().models;
  const [id, setId] = useState(idOf(file.name));
  const [adapter, setAdapter] = useState<PackImport['adapter']>('htdemucs');
  const [stems, setStems] = useState('');
  const [sampleRate, setSampleRate] = useState<number>(rates[0]);
  const [busy, setBusy] = useState(false);

  const go = async () => {
    setBusy(true);
    const named = stemsOf(stems);
    const wish = { id, adapter, sampleRate, ...(named.length > 0 && { stems: named }) };
    if (await actions.importPack(file, wish)) onClose();
    else setBusy(false);
  };

  return (
    <Sheet title={t.importTitle(file.name)} isOpen onClose={onClose}>
      <TextField className="text-field" value={id} onChange={setId}>
        <Label>{t.importId}</Label>
        <Input />
      </TextField>
      <RadioGroup
        className="preference"
        value={adapter}
        onChange={(value) => setAdapter(value as PackImport['adapter'])}
      >
        <Label>{t.importAdapter}</Label>
        <div className="segments">
          {adapters.map((each) => (
            <Radio key={each} value={each} className="segment">
              {t.adapters[each]}
            </Radio>
          ))}
        </div>
      </RadioGroup>
      <RadioGroup
        className="preference"
        value={String(sampleRate)}
        onChange={(value) => setSampleRate(Number(value))}
      >
        <Label>{t.importRate}</Label>
        <div className="segments">
          {rates.map((rate) => (
            <Radio key={rate} value={String(rate)} className="segment">
              {`${rate / 1000} kHz`}
            </Radio>
          ))}
        </div>
      </RadioGroup>
      <TextField className="text-field" value={stems} onChange={setStems}>
        <Label>{t.importStems}</Label>
        <Input placeholder="drums, bass, other, vocals" />
      </TextField>
      <p className="fact">{t.importLicence}</p>
      <div className="sheet-actions">
        <Button className="button" onPress={onClose}>
          {texts().cancel}
        </Button>
        <Button className="button button-main" isDisabled={busy || id === ''} onPress={() => void go()}>
          {busy ? t.importing : t.importGo}
        </Button>
      </div>
    </Sheet>
  );
};
