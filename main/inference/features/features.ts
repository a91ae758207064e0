import { join } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import type { Operation } from '../../contracts/operations.ts';
import type { PackManifest } from '../../contracts/pack.ts';
import { TensorFile } from '../../platform/safetensors/tensorFile.ts';
import { loadModel } from '../onnx/model.ts';
import { findPack } from '../packs/findPack.ts';
import { intoTensors } from './intoTensors.ts';
import { featureMetadata } from './metadata.ts';
import { featuresTensor, levelOf, sonidoLayout, type SonidoLayout } from './sonidoLayout.ts';
import { featuresOfWindows, framesOf, windowCount, type PieceSource } from './stage2.ts';

const fileName = 'features.safetensors';

/**
 * Stage 2 of SoniDo: hidden states of the prior of one level, for all tokens of a piece, a few windows at a time.
 * Memory does not grow with the length.
 * @throws SoniError `unsupported` (another kind of pack) | `corrupt` (tokens of another pack) | what `findPack` and the disk throw
 */
export const features: Operation<'features'> = async (input, context) => {
  const pack = await findPack(input.pack);
  const { manifest } = pack;
  const layout = sonidoLayout(manifest);
  const level = levelOf(layout, input.level);
  const tokens = await TensorFile.read(input.tokens);
  let clips: TensorFile | null = null;
  try {
    clips = await TensorFile.read(input.clips);
    for (const file of [tokens, clips]) checkOrigin(manifest, file);
    const source = sourceOf(layout, tokens, clips);
    const count = tokens.tensor(`tokens.${level.level}`).shape[0]!;
    const samples = Number(tokens.metadata['samples']);
    const tensor = featuresTensor(layout, level, count);
    const model = await loadModel(pack, { graph: level.level, signal: context.signal });
    try {
      const run = await intoTensors({
        pack: manifest,
        model,
        identity: ['features', input],
        path: join(context.directory, fileName),
        tensors: [tensor],
        metadata: featureMetadata(manifest, samples, [tensor]),
        context,
        audioSeconds: samples / layout.sampleRate,
        count: windowCount(level, count),
        batch: layout.batch,
        write: async (file, first, windows) => {
          const found = await featuresOfWindows(model, level, source, count, { first, count: windows });
          await file.write(tensor.name, framesOf(level, count, first).first, found);
        },
      });
      return { ...run, features: fileName, tensors: [tensor] };
    } finally {
      await model.close();
    }
  } finally {
    await clips?.close();
    await tokens.close();
  }
};

const sourceOf = ({ clip }: SonidoLayout, tokens: TensorFile, clips: TensorFile): PieceSource => ({
  tokens: (of, start, wanted) => tokens.rows(`tokens.${of.level}`, start, wanted),
  clips: {
    layout: clip,
    count: clips.tensor('clip').shape[0]!,
    embedding: (index) => clips.rows('clip', index, 1),
  },
});

function checkOrigin({ id, version }: PackManifest, { path, metadata }: TensorFile): void {
  const { pack, pack_version: of } = metadata;
  if (pack === id && of === version) return;
  throw new SoniError('corrupt', `${path} is of ${pack} ${of}; ${id} ${version} is needed.`);
}
