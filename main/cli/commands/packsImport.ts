import { Command, Option } from 'commander';
import { modelAdapters, type ModelAdapter } from '../../contracts/pack.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, list, numberBetween } from '../engineOptions.ts';

interface ImportOptions {
  readonly id: string;
  readonly name?: string;
  readonly adapter: Exclude<ModelAdapter, 'basic-pitch'>;
  readonly stems: string[];
  readonly rate: number;
  readonly window?: number;
  readonly overlap?: number;
  readonly fft?: number;
  readonly hop?: number;
}

const separators = modelAdapters.filter((adapter) => adapter !== 'basic-pitch');
const samples = numberBetween(1, 1e8);

export function packsImportCommand(context: CommandContext): Command {
  const command = new Command('import')
    .description(
      'Makes a pack of a separation model that you have as an ONNX file; its licence is your affair.',
    )
    .argument('<model.onnx>', 'ONNX file')
    .requiredOption('--id <id>', 'name for the pack: small letters, digits and -')
    .option('--name <name>', 'name for people')
    .addOption(
      new Option('--adapter <kind>', 'how the model is fed').choices(separators).makeOptionMandatory(),
    )
    .requiredOption('--stems <names>', 'what it separates, in the order of its output', list)
    .option('--rate <hertz>', 'its sample rate', numberBetween(8000, 384000), 44100)
    .option('--window <samples>', 'window length, when the graph does not tell', samples)
    .option('--overlap <samples>', 'overlap of windows (default: a quarter)', samples)
    .option('--fft <size>', 'FFT size of a spectrogram model', samples)
    .option('--hop <samples>', 'hop of a spectrogram model', samples);
  examples(
    command,
    'packs import my_htdemucs.onnx --id my-demucs --adapter htdemucs --stems drums,bass,other,vocals',
    'packs import vocals.onnx --id my-vocals --adapter waveform --stems vocals --window 262144',
  );
  return command.action(async (file: string, options: ImportOptions) => {
    const { id, name, adapter, stems, rate, window, overlap, fft, hop } = options;
    const { importOnnx } = await import('../../inference/packs/importOnnx.ts');
    const { directory } = await importOnnx(file, {
      id,
      adapter,
      stems,
      sampleRate: rate,
      ...(name !== undefined && { name }),
      ...(window !== undefined && { windowSamples: window }),
      ...(overlap !== undefined && { overlapSamples: overlap }),
      ...(fft !== undefined && { fftSize: fft }),
      ...(hop !== undefined && { hop }),
    });
    context.print(`${id} is installed in ${directory}`);
  });
}
