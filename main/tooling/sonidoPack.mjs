// Makes the pack of a trained SoniDo from its exported feature graphs:
//   node main/tooling/sonidoPack.mjs WEIGHTS sonido-s 1.0.0
// Copies the graphs to models/packs/ID (or ID in a fourth argument's folder) and writes the manifest with their SHA-256 and what is behind them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyWeights, licence, writeManifest } from './ownPack.mjs';

const [weights, id, version, packs] = process.argv.slice(2);
if (version === undefined) {
  console.error('Usage: node main/tooling/sonidoPack.mjs WEIGHTS_FOLDER PACK_ID VERSION [PACKS_FOLDER]');
  process.exit(2);
}
const facts = JSON.parse(readFileSync(join(weights, 'features.json'), 'utf8'));
const levels = ['coarse', 'medium', 'fine'];
/** The embedding of clips that is the condition of the priors. */
const { clip } = facts;
const card = 'models/cards/sonido-s.md';
/** Coarse tokens that one run of stage 1 takes. */
const windowTokens = 128;
/** Windows that one run of stage 2 takes. */
const batch = 2;

const files = copyWeights(
  weights,
  id,
  [
    ['tokenise.onnx', 'tokenise.onnx'],
    ['clip.onnx', 'clip.onnx'],
    ...levels.map((level, index) => [`features${index}.onnx`, `features-${level}.onnx`]),
  ],
  packs,
);

const constants = {
  contextTokens: facts.context_coarse_tokens,
  clipWindow: clip.window,
  clipHop: clip.hop,
};
const embedding = [{ name: 'clip', shape: [null, clip.dimension] }];
for (const [index, level] of levels.entries()) {
  constants[`${level}Hop`] = facts.hops[index];
  constants[`${level}Codes`] = facts.codebooks[index];
  constants[`${level}Layer`] = facts.layers[index];
}
const millions = (facts.parameters / 1e6).toFixed(1);
const hours = String(Math.round(Math.max(facts.hours.available, facts.hours.stage2) * 10) / 10);
const manifest = {
  format: 1,
  id,
  version,
  name: `SoniDo ${facts.size}`,
  summary: `Features of our own foundation model at size ${facts.size}: ${millions} M parameters, trained on ${hours} h of music.`,
  licence,
  source: { type: 'file' },
  convert: 'none',
  files,
  tasks: ['features'],
  model: {
    file: 'tokenise.onnx',
    adapter: 'sonido',
    sampleRate: 44100,
    channels: 2,
    windowSamples: windowTokens * facts.hops[0],
    overlapSamples: 2 * facts.context_coarse_tokens * facts.hops[0],
    maxBatch: batch,
    inputs: [{ name: 'audio', shape: [null, 2, windowTokens * facts.hops[0]] }],
    outputs: levels.map((name, index) => ({
      name,
      shape: [null, (windowTokens * facts.hops[0]) / facts.hops[index]],
    })),
    constants,
  },
  graphs: Object.fromEntries([
    [
      'clip',
      {
        file: 'clip.onnx',
        inputs: [{ name: 'audio', shape: [null, 2, clip.window * facts.hops[0]] }],
        outputs: embedding,
      },
    ],
    ...levels.map((level, index) => [
      level,
      {
        file: `features-${level}.onnx`,
        inputs: [
          { name: 'tokens', shape: [null, facts.contexts[index]] },
          ...(index === 0
            ? []
            : [
                {
                  name: 'upper',
                  shape: [null, (facts.contexts[index] * facts.hops[index]) / facts.hops[index - 1]],
                },
              ]),
          ...embedding,
        ],
        outputs: [{ name: 'features', shape: [null, facts.contexts[index] - 1, facts.widths[index]] }],
      },
    ]),
  ]),
  training: { parameters: facts.parameters, steps: facts.steps, hours: facts.hours, card },
};
writeManifest(manifest, packs);
