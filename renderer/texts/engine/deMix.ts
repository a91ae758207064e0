import type { Phrases } from './phrases.ts';

/** Moves of the mix assistant, with their reasons. */
export const deMix: Phrases = [
  [
    'At {} LUFS it is {} dB {} than {} usually is in this balance ({} to the lead vocal, which here means {} LUFS).',
    'Mit {1} LUFS ist es {2} dB <3>, als <4> in dieser Balance meist ist ({5} zur Leadstimme, das heißt hier {6} LUFS).',
  ],
  ['louder', 'lauter'],
  ['quieter', 'leiser'],
  [
    'All tracks move by {} so that the mix keeps its loudness and its peaks stay under {} dBTP.',
    'Alle Spuren ändern sich um {1}, damit der Mix seine Lautheit behält und seine Spitzen unter {2} dBTP bleiben.',
  ],
  [
    'What is played begins near {}; below {} there is only rumble ({} dB against the whole), room that the kick and bass need.',
    'Was gespielt wird, beginnt bei etwa {1}; unter {2} ist nur Rumpeln ({3} dB gegen das Ganze), Platz, den Kick und Bass brauchen.',
  ],
  ['high-pass at {}', 'Hochpass bei {1}'],
  [
    'Its loudness range is {} LU, {} sits well up to {}; the loudest passages (peaks at {} dB) come down by about {} dB.',
    'Die Lautheit schwankt um {1} LU, <2> sitzt gut bis {3}; die lautesten Stellen (Spitzen bei {4} dB) gehen um etwa {5} dB zurück.',
  ],
  [
    '{}:1 from {} dB, attack {} ms, release {} ms, makeup {} dB',
    '{1}:1 ab {2} dB, Attack {3} ms, Release {4} ms, Aufholung {5} dB',
  ],
  ['{} at {}, Q {}', '{1} bei {2}, Güte {3}'],
  [
    'Around {} it covers {} ({}) for {} % of the time that plays, there {}; that track matters more.',
    'Um {1} verdeckt es <2> (<3>) während {4} % der Zeit, in der diese Spur spielt, dort <5>; sie ist wichtiger.',
  ],
  ['{} dB louder', '{1} dB lauter'],
  ['only {} dB quieter', 'nur {1} dB leiser'],
  [
    '{} to {} Hz stands {} dB over the trend of its own spectrum ({}): {}.',
    '{1} bis {2} Hz stehen {3} dB über dem Verlauf des eigenen Spektrums (<4>): <5>.',
  ],
  ['mud', 'Mulm'],
  ['harshness', 'Schärfe'],
  [
    'this region of many tracks adds up to a dull mix',
    'dieser Bereich vieler Spuren summiert sich zu einem dumpfen Mix',
  ],
  ['the ear is most sensitive here and tires of it', 'hier ist das Ohr am empfindlichsten und ermüdet'],
  ['{} % {}', '{1} % <2>'],
  ['left', 'links'],
  ['right', 'rechts'],
  [
    'It leans {} dB to the {}; {} carries the middle of the mix.',
    'Es neigt um {1} dB nach <2>; <3> trägt die Mitte des Mixes.',
  ],
  ['Its name says {} and it is mono ({}).', 'Der Name sagt <1>, und es ist mono (<2>).'],
  [
    '{} narrow {} tracks ({}) stand on one spot; spread in balanced pairs each is heard.',
    '{1} schmale Spuren (<2>; <3>) stehen auf einem Fleck; in Paaren verteilt ist jede zu hören.',
  ],
  ['left and right are the same', 'links und rechts sind gleich'],
  ['side {} against the middle', 'Seite {1} gegen die Mitte'],
  ['reverb send at {} dB', 'Hall-Anteil bei {1} dB'],
  [
    '{}, so it carries no room of its own; a little puts {} into the same space as the rest.',
    '<1> und trägt keinen eigenen Raum; ein wenig Hall stellt <2> in denselben Raum wie den Rest.',
  ],
  ['It is mono', 'Es ist mono'],
  ['Its sides are {} dB under its middle', 'Die Seiten liegen {1} dB unter der Mitte'],
  [
    "The spread is scaled by {} towards the reference's width (side {} against the middle).",
    'Die Verteilung folgt mit dem Faktor {1} der Breite der Referenz (Seite {2} gegen die Mitte).',
  ],
  [
    'The reference has {} between {} and {} than this mix, and this track makes up a good part of it.',
    'Die Referenz hat zwischen {2} und {3} <1> als dieser Mix, und diese Spur macht viel davon aus.',
  ],
  ['more', 'mehr'],
  ['less', 'weniger'],
  [
    'Loudness: the reference has {} LUFS, the mix now {}{}.',
    'Lautheit: die Referenz hat {1} LUFS, der Mix jetzt {2}<3>.',
  ],
  [
    '; the remaining {} dB would push peaks over -1 dBTP and are the work of mastering',
    '; die fehlenden {1} dB trieben Spitzen über -1 dBTP und sind Sache des Masterings',
  ],
  [
    'Spectrum: third-octave bands from 40 Hz to 16 kHz differ by {} dB on average, before it was {} dB.',
    'Spektrum: Terzbänder von 40 Hz bis 16 kHz weichen im Mittel um {1} dB ab, vorher waren es {2} dB.',
  ],
  [
    'Width (side against middle): reference {}, mix now {}, before {}; only pans are moved for it.',
    'Breite (Seite gegen Mitte): Referenz {1}, Mix jetzt {2}, vorher {3}; nur Panorama wird dafür bewegt.',
  ],
  [
    'The largest difference left is {} at {} Hz against the reference.',
    'Der größte verbliebene Unterschied zur Referenz ist {1} bei {2} Hz.',
  ],
  [
    'The reference or the mix is silent: nothing was matched.',
    'Die Referenz oder der Mix ist still: nichts wurde angeglichen.',
  ],
  // Without articles, which would have to be declined.
  ['a {}', '<1>'],
  ['an {}', '<1>'],
  ['lead vocal', 'Leadstimme'],
  ['backing vocal', 'Hintergrundstimme'],
  ['kick', 'Kick'],
  ['snare', 'Snare'],
  ['hi-hat', 'Hi-Hat'],
  ['percussion part', 'Perkussion'],
  ['drum track', 'Schlagzeug'],
  ['bass', 'Bass'],
  ['guitar', 'Gitarre'],
  ['keyboard', 'Tasteninstrument'],
  ['lead synth', 'Lead-Synthesizer'],
  ['pad', 'Fläche'],
  ['pluck', 'Zupfklang'],
  ['string part', 'Streicher'],
  ['brass part', 'Bläser'],
  ['effects track', 'Effektspur'],
  ['track', 'Spur'],
  // Stems as tracks.
  ['vocals', 'Gesang'],
  ['drums', 'Schlagzeug'],
  ['other', 'Rest'],
];
