import { Command } from 'commander';
import { transcribeRequest, type TranscribeResult } from '../../contracts/workflows.ts';
import { parseRequest } from '../../engine/workflows/parseRequest.ts';
import type { CommandContext } from '../commandContext.ts';
import { examples, numberBetween, withEngineOptions, type EngineOptions } from '../engineOptions.ts';
import { runWords } from '../resultWords.ts';

interface TranscribeOptions extends EngineOptions {
  readonly output: string;
  readonly pack?: string;
  readonly onset?: number;
  readonly frame?: number;
  readonly minNote?: number;
  readonly minHz?: number;
  readonly maxHz?: number;
  readonly bpm?: number;
  readonly acceptLicence?: true;
}

const text = (result: TranscribeResult): string =>
  [
    result.midi,
    `${result.notes.length} notes${result.bpm === null ? '' : ` on a tempo map of ${result.bpm.toFixed(2)} BPM`}`,
    runWords(result),
  ].join('\n');

export function transcribeCommand(context: CommandContext): Command {
  const command = new Command('transcribe')
    .summary('write the notes of a file as MIDI')
    .description(
      'Writes the notes of a file as Standard MIDI on its own tempo map. Drums are not transcribed yet.',
    )
    .argument('<input>', 'audio file, best a single instrument')
    .requiredOption('-o, --output <file.mid>', 'MIDI file to write, .mid or .midi')
    .option('--pack <id>', 'model pack (default: basic-pitch)')
    .option('--onset <threshold>', 'how sure an onset must be, 0 to 1 (default: 0.5)', numberBetween(0, 1))
    .option(
      '--frame <threshold>',
      'how sure a sounding note must be, 0 to 1 (default: 0.3)',
      numberBetween(0, 1),
    )
    .option('--min-note <seconds>', 'shortest note (default: 0.1277)', numberBetween(0, 10))
    .option('--min-hz <hertz>', 'lowest pitch', numberBetween(8, 20000))
    .option('--max-hz <hertz>', 'highest pitch', numberBetween(8, 20000))
    .option('--bpm <tempo>', 'tempo of the map instead of the one that is heard', numberBetween(20, 400))
    .option('--accept-licence', 'accept the licence of the pack, and install it when it is missing');
  examples(
    withEngineOptions(command),
    'transcribe bass.wav -o bass.mid',
    'transcribe piano.flac -o piano.mid --bpm 92',
    'transcribe vocals.wav -o vocals.mid --min-hz 80 --max-hz 1100 --json',
  );
  return command.action(async (input: string, options: TranscribeOptions) => {
    const request = parseRequest(
      transcribeRequest,
      {
        input,
        output: options.output,
        pack: options.pack,
        onsetThreshold: options.onset,
        frameThreshold: options.frame,
        minNoteSeconds: options.minNote,
        minHz: options.minHz,
        maxHz: options.maxHz,
        bpm: options.bpm,
      },
      'transcribe',
    );
    const { packJob } = await import('../packJob.ts');
    const result = await packJob(request.pack, options, context, (engine, watch) =>
      engine.transcribe(request, watch),
    );
    if (options.json) context.printJson(result);
    else context.print(text(result));
  });
}
