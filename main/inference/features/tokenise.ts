import { join } from 'node:path';
import { openWav } from '../../audio/wav/wavReader.ts';
import type { Operation } from '../../contracts/operations.ts';
import { checkAudio } from '../audioOfPack.ts';
import { loadModel } from '../onnx/model.ts';
import { findPack } from '../packs/findPack.ts';
import { intoTensors } from './intoTensors.ts';
import { featureMetadata } from './metadata.ts';
import { sonidoLayout, tokenCount, tokensTensor } from './sonidoLayout.ts';
import { planTokens, tokensOfChunk } from './stage1.ts';

const fileName = 'tokens.safetensors';

/**
 * Stage 1 of SoniDo over a whole piece, chunk by chunk, to a file of codes. Memory does not grow with the length.
 * @throws SoniError `unsupported` (another kind of pack) | `bad-input` (rate, channels) | what `findPack` and the disk throw
 */
export const tokenise: Operation<'tokenise'> = async (input, context) => {
  const pack = await findPack(input.pack);
  const { manifest } = pack;
  const layout = sonidoLayout(manifest);
  const audio = await openWav(input.audio);
  try {
    checkAudio(manifest, audio, input.audio);
    const model = await loadModel(pack, { signal: context.signal });
    try {
      const plan = planTokens(layout, audio.frames);
      const tensors = layout.levels.map((level) =>
        tokensTensor(layout, level, tokenCount(layout, level, audio.frames)),
      );
      const run = await intoTensors({
        pack: manifest,
        model,
        identity: ['tokenise', input],
        path: join(context.directory, fileName),
        tensors,
        metadata: featureMetadata(manifest, audio.frames, tensors),
        context,
        audioSeconds: audio.frames / layout.sampleRate,
        count: plan.count,
        batch: 1,
        write: async (file, index) => {
          const codes = await tokensOfChunk(model, manifest.model, layout, audio, index);
          for (const [level, { name, hop }] of tensors.entries()) {
            await file.write(name, index * plan.chunk * (layout.hop / hop), codes[level]!);
          }
        },
      });
      return { ...run, tokens: fileName, tensors };
    } finally {
      await model.close();
    }
  } finally {
    await audio.close();
  }
};
