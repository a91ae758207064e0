// Makes the pack of the tagging heads from their exported graphs, bound to the pack whose features they know:
//   node main/tooling/tagPack.mjs WEIGHTS sonido-tags 2.0.0 sonido-s
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyWeights, licence, packFolder, writeManifest } from './ownPack.mjs';

const [weights, id, version, featuresPack, packs] = process.argv.slice(2);
if (featuresPack === undefined) {
  console.error(
    'Usage: node main/tooling/tagPack.mjs WEIGHTS_FOLDER PACK_ID VERSION FEATURES_PACK [PACKS_FOLDER]',
  );
  process.exit(2);
}
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const facts = read(join(weights, 'tag.json'));
const features = read(join(packFolder(featuresPack, packs), 'manifest.json'));
const levels = ['coarse', 'medium', 'fine'];
const layers = levels.map((level) => features.model.constants[`${level}Layer`]);
if (JSON.stringify(layers) !== JSON.stringify(facts.depths)) {
  console.error(
    `The heads were trained on depths ${facts.depths.join(' ')}, ${featuresPack} gives ${layers.join(' ')}.`,
  );
  process.exit(1);
}
const files = copyWeights(
  weights,
  id,
  ['tag-mel.onnx', 'tag-features.onnx'].map((name) => [name, name]),
  packs,
);
const melPerFrame = 4;
const melWidth = melPerFrame * facts.mel.bands;
const extraWidth = 3 * facts.mel.bands;
const featuresWidth =
  levels.reduce((sum, level) => sum + features.graphs[level].outputs[0].shape[2], 0) +
  features.graphs.clip.outputs[0].shape[1];
const graph = (width) => ({
  inputs: [
    { name: 'mel', shape: [null, facts.windowFrames, melWidth] },
    { name: 'extra', shape: [null, facts.windowFrames, width] },
    { name: 'mask', shape: [null, facts.windowFrames] },
  ],
  outputs: [
    { name: 'instruments', shape: [null, facts.instruments.length] },
    { name: 'key', shape: [null, facts.keys.length] },
    { name: 'role', shape: [null, facts.roles.length] },
    { name: 'activity', shape: [null, facts.windowFrames, facts.activities.length] },
  ],
});
const manifest = {
  format: 1,
  id,
  version,
  name: 'SoniDo tags',
  summary: `Heads for instruments, track roles, voice and drums, with the features of ${featuresPack} and with mel bands alone.`,
  licence,
  source: { type: 'file' },
  convert: 'none',
  files,
  tasks: ['tag'],
  model: {
    file: 'tag-mel.onnx',
    adapter: 'tagging',
    sampleRate: 44100,
    channels: 1,
    windowSamples: facts.windowFrames * melPerFrame * facts.mel.hop,
    overlapSamples: 0,
    maxBatch: 1,
    ...graph(extraWidth),
    constants: {
      windowFrames: facts.windowFrames,
      melPerFrame,
      melWidth,
      extraWidth,
      featuresWidth,
      calibrated: facts.temperatures === undefined ? 'no' : 'yes',
      instruments: facts.instruments.join(','),
      roles: facts.roles.join(','),
      voiceHeldBy: facts.heldBy.voice.join(','),
      drumsHeldBy: facts.heldBy.drums.join(','),
      leastHeld: facts.leastHeld,
      ...(facts.keyWeight !== undefined && { keyWeight: facts.keyWeight }),
      featuresPack,
      featuresVersion: features.version,
    },
  },
  graphs: { features: { file: 'tag-features.onnx', ...graph(featuresWidth) } },
};
writeManifest(manifest, packs);
