// Makes the pack of the tagging heads from their exported graphs, bound to the pack whose features they know:
//   node main/tooling/tagPack.mjs models/training/weights/tiny sonido-tags 1.0.0 sonido-tiny
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [weights, id, version, featuresPack] = process.argv.slice(2);
if (featuresPack === undefined) {
  console.error('Usage: node main/tooling/tagPack.mjs WEIGHTS_FOLDER PACK_ID VERSION FEATURES_PACK');
  process.exit(2);
}
const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const facts = read(join(weights, 'tag.json'));
const features = read(join(root, 'models/packs', featuresPack, 'manifest.json'));
const layers = ['coarse', 'medium', 'fine'].map((level) => features.model.constants[`${level}Layer`]);
if (JSON.stringify(layers) !== JSON.stringify(facts.depths)) {
  console.error(
    `The heads were trained on depths ${facts.depths.join(' ')}, ${featuresPack} gives ${layers.join(' ')}.`,
  );
  process.exit(1);
}
const folder = join(root, 'models/packs', id);
mkdirSync(folder, { recursive: true });
const files = ['tag-mel.onnx', 'tag-features.onnx'].map((name) => {
  copyFileSync(join(weights, name), join(folder, name));
  const bytes = readFileSync(join(folder, name));
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length };
});
const melPerFrame = 4;
const melWidth = melPerFrame * facts.mel.bands;
const extraWidth = 3 * facts.mel.bands;
const graph = {
  inputs: [
    { name: 'mel', shape: [null, facts.windowFrames, melWidth] },
    { name: 'extra', shape: [null, facts.windowFrames, extraWidth] },
    { name: 'mask', shape: [null, facts.windowFrames] },
  ],
  outputs: [
    { name: 'instruments', shape: [null, facts.instruments.length] },
    { name: 'key', shape: [null, facts.keys.length] },
    { name: 'role', shape: [null, facts.roles.length] },
    { name: 'activity', shape: [null, facts.windowFrames, facts.activities.length] },
  ],
};
const manifest = {
  format: 1,
  id,
  version,
  name: 'SoniDo tags',
  summary: `Heads for instruments, track roles, voice and drums, with the features of ${featuresPack} and with mel bands alone.`,
  licence: {
    id: 'MIT',
    text: `${readFileSync(join(root, 'LICENSE'), 'utf8').trim()}\n\nThe weights were trained by this project. Their data, with the licence of each part, are in models/cards/sonido-data.md.\n`,
    mustAccept: false,
  },
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
    ...graph,
    constants: {
      windowFrames: facts.windowFrames,
      melPerFrame,
      melWidth,
      extraWidth,
      instruments: facts.instruments.join(','),
      roles: facts.roles.join(','),
      featuresPack,
      featuresVersion: features.version,
    },
  },
  graphs: { features: { file: 'tag-features.onnx', ...graph } },
};
writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
console.log(`${folder}: ${files.map(({ name, bytes }) => `${name} ${bytes} bytes`).join(', ')}`);
