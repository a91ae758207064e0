import { Command, Option } from 'commander';
import { separationAdapters, type SeparationAdapter } from '../../contracts/pack.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, list, numberBetween } from '../engineOptions.ts';

interface ImportOptions {
  readonly id: string;
  readonly name?: string;
  readonly adapter: SeparationAdapter;
  readonly stems?: string[];
  readonly rate: number;
  readonly window?: number;
  readonly overlap?: number;
  readonly fft?: number;
  readonly hop?: number;
  readonly compensate?: number;
  readonly json?: true;
}

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
      new Option('--adapter <kind>', 'how the model is fed')
        .choices(separationAdapters)
        .makeOptionMandatory(),
    )
    .option(
      '--stems <names>',
      'what it separates, in the order of its output; one more names what remains (needed, except for well-known MDX-Net files)',
      list,
    )
    .option('--rate <hertz>', 'its sample rate', numberBetween(8000, 384000), 44100)
    .option('--window <samples>', 'window length, when the graph does not tell', samples)
    .option('--overlap <samples>', 'overlap of windows (default: a quarter)', samples)
    .option(
      '--fft <size>',
      'FFT size of a spectrogram model (well-known MDX-Net files: found by themselves)',
      samples,
    )
    .option(
      '--hop <samples>',
      'hop of a spectrogram model (default: 1024 for MDX-Net, else a quarter)',
      samples,
    )
    .option('--compensate <factor>', 'level compensation of an MDX-Net', numberBetween(0.1, 10))
    .option('--json', 'what was installed as JSON on stdout');
  examples(
    command,
    'packs import my_htdemucs.onnx --id my-demucs --adapter htdemucs --stems drums,bass,other,vocals',
    'packs import vocals.onnx --id my-vocals --adapter waveform --stems vocals --window 262144',
    'packs import Kim_Vocal_2.onnx --id kim-vocals --adapter mdx-net',
    'packs import mine.onnx --id mine --adapter mdx-net --stems vocals,band --fft 6144 --compensate 1.035',
  );
  return command.action(async (file: string, options: ImportOptions) => {
    const { id, name, adapter, stems, rate, window, overlap, fft, hop, compensate } = options;
    const { importOnnx } = await import('../../inference/packs/importOnnx.ts');
    const { directory, manifest } = await importOnnx(file, {
      id,
      adapter,
      sampleRate: rate,
      ...(stems !== undefined && { stems }),
      ...(name !== undefined && { name }),
      ...(window !== undefined && { windowSamples: window }),
      ...(overlap !== undefined && { overlapSamples: overlap }),
      ...(fft !== undefined && { fftSize: fft }),
      ...(hop !== undefined && { hop }),
      ...(compensate !== undefined && { compensate }),
    });
    if (options.json) context.printJson({ id, version: manifest.version, stems: manifest.stems, directory });
    else context.print(`${id} (${manifest.stems?.join(', ')}) is installed in ${directory}`);
  });
}
