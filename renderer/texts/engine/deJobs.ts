import type { Phrases } from './phrases.ts';

/** What a job is doing, and what it has to say. */
export const deJobs: Phrases = [
  ['Waiting', 'Wartet'],
  ['Paused', 'Angehalten'],
  ['Cancelled', 'Abgebrochen'],
  ['Failed', 'Fehlgeschlagen'],
  ['Done', 'Fertig'],
  ['Starting', 'Beginnt'],
  ['Reading {}', 'Liest {1}'],
  ['Drawing {}', 'Zeichnet {1}'],
  ['Preparing {}', 'Bereitet {1} vor'],
  ['Listening to {}', 'Hört {1}'],
  ['Recognising {}', 'Erkennt, was in <1> ist'],
  ['Tokenising {}', 'Zerlegt {1}'],
  ['Embedding clips of {}', 'Vergleicht Ausschnitte von {1}'],
  ['Separating {}', 'Trennt {1}'],
  ['Transcribing {}', 'Transkribiert <1>'],
  ['Planning the mix', 'Plant den Mix'],
  ['Rendering the mix', 'Rechnet den Mix'],
  ['Summing the tracks', 'Summiert die Spuren'],
  ['Trying the providers', 'Probiert, worauf es rechnen kann'],
  ['Writing {}', 'Schreibt {1}'],
  ['Downloading', 'Lädt'],
  ['Unpacking', 'Packt aus'],
  ['Converting', 'Wandelt um'],
  ['Checking', 'Prüft'],
  ['the {}', '{1}'],
  ['the song', 'dem Song'],
  [
    'SoniDesk ended while this was running. It goes on where it was.',
    'SoniDesk endete, während dies lief. Es geht weiter, wo es war.',
  ],
  [
    'The index of the cache was damaged and has been made anew; finished results were kept.',
    'Das Verzeichnis des Zwischenspeichers war beschädigt und wurde neu gemacht; fertige Ergebnisse blieben.',
  ],
  [
    'Waiting: these files are being worked on by {}.',
    'Wartet: an diesen Dateien arbeitet gerade ein anderes SoniDesk ({1}).',
  ],
  ['Instruments and roles are not heard: {}', 'Instrumente und Rollen werden nicht gehört: <1>'],
  [
    'Instruments and roles are heard from mel bands alone: {}',
    'Instrumente und Rollen werden nur aus Mel-Bändern gehört: <1>',
  ],
  [
    '{} peaks at +{} dBFS, which 24 bits do not hold; its peaks were cut. Choose 32-bit float to keep them.',
    '{1} hat Spitzen von +{2} dBFS, die 24 Bit nicht fassen; sie wurden beschnitten. Mit 32-Bit-Float bleiben sie erhalten.',
  ],
];
