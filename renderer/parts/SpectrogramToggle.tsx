import { ceilingDb, floorDb } from '../spectrogram/analysis.ts';
import { colourGradient } from '../spectrogram/colourMap.ts';
import { colourMapNow } from '../spectrogram/theme.ts';
import { appearanceChanged } from '../state/appearance.ts';
import { shown } from '../state/shown.ts';
import { texts } from '../texts/texts.ts';
import { Toggle } from './controls.tsx';
import { icons } from './icons.tsx';
import { useEmitter } from './Transport.tsx';

/** Frequencies instead of waveforms, or behind the notes; with the scale of its colours. */
export const SpectrogramToggle = ({ place }: { readonly place: 'Lanes' | 'Paper' }) => {
  useEmitter(shown.changed);
  useEmitter(appearanceChanged);
  const t = texts().spectrogram;
  return (
    <div className="spectrogram-toggle">
      {shown.spectrogram && (
        <span className="colour-scale" role="img" aria-label={t.scale(floorDb, ceilingDb)}>
          <span aria-hidden="true">{floorDb}</span>
          <span
            className="colour-ramp"
            aria-hidden="true"
            style={{ backgroundImage: colourGradient(colourMapNow(place)) }}
          />
          <span aria-hidden="true">{ceilingDb} dB</span>
        </span>
      )}
      <Toggle label={t.toggle} isOn={shown.spectrogram} onChange={(on) => shown.setSpectrogram(on)}>
        <icons.spectrogram />
      </Toggle>
    </div>
  );
};
