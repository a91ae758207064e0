import type { FeaturesResult } from '../contracts/workflows.ts';
import { html, type Html } from './html.ts';

/** The picture of the features, described in words. @param href of the picture, from the page */
export function featureSection(href: string, { pack, tensors }: FeaturesResult): Html {
  const levels = tensors.filter(({ layer }) => layer !== null);
  const rates = levels
    .map(({ level, frameRate }) => `${level} ${frameRate.toFixed(1)} times a second`)
    .join(', ');
  const dimensions = levels.map(({ level, shape }) => `${level} ${shape[1]}`).join(', ');
  return html`<section aria-labelledby="features">
    <h2 id="features">What our own model hears</h2>
    <img
      class="picture"
      src="${href}"
      alt="Codes and features of the song over time below its waveform: ${rates}"
    />
    <p>
      SoniDo (pack ${pack}) turns the song into codes at three levels: ${rates}. Below each row of codes are
      the states of the transformer that learned to predict them, one line a dimension (${dimensions}), lines
      that move alike side by side. Warm is above a dimension’s mean, cold below. The strip below the waveform
      is what they hear of the music around them as a whole.
    </p>
    <p class="quiet">
      The weights are ours, small and trained on processor cores so far. The numbers are in
      features.safetensors.
    </p>
  </section>`;
}
