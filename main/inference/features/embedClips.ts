import { join } from 'node:path';
import { openWav } from '../../audio/wav/wavReader.ts';
import type { Operation } from '../../contracts/operations.ts';
import { checkAudio } from '../audioOfPack.ts';
import { loadModel } from '../onnx/model.ts';
import { findPack } from '../packs/findPack.ts';
import { intoTensors } from './intoTensors.ts';
import { featureMetadata } from './metadata.ts';
import { readAudio } from './readAudio.ts';
import { clipTensor, sonidoLayout, tokenCount } from './sonidoLayout.ts';

const fileName = 'clips.safetensors';

/**
 * The clip embeddings of a whole piece, one window of audio at a time: what the priors of SoniDo hear of the piece
 * beside its tokens. Memory does not grow with the length.
 * @throws SoniError `unsupported` (another kind of pack) | `bad-input` (rate, channels) | what `findPack` and the disk throw
 */
export const embedClips: Operation<'embed-clips'> = async (input, context) => {
  const pack = await findPack(input.pack);
  const { manifest } = pack;
  const layout = sonidoLayout(manifest);
  const { clip } = layout;
  const audio = await openWav(input.audio);
  try {
    checkAudio(manifest, audio, input.audio);
    const model = await loadModel(pack, { graph: 'clip', signal: context.signal });
    try {
      const tensor = clipTensor(layout, tokenCount(layout, layout.levels[0]!, audio.frames));
      const samples = clip.window * layout.hop;
      const run = await intoTensors({
        pack: manifest,
        model,
        identity: ['embed-clips', input],
        path: join(context.directory, fileName),
        tensors: [tensor],
        metadata: featureMetadata(manifest, audio.frames, [tensor]),
        context,
        audioSeconds: audio.frames / layout.sampleRate,
        count: tensor.shape[0]!,
        batch: 1,
        write: async (file, index) => {
          const data = await readAudio(audio, index * tensor.hop, samples);
          const results = await model.run({ [clip.input]: { data, dims: [1, audio.channels, samples] } });
          await file.write(tensor.name, index, results[clip.output]!.data);
        },
      });
      return { ...run, clips: fileName, tensors: [tensor] };
    } finally {
      await model.close();
    }
  } finally {
    await audio.close();
  }
};
