import type { Texts } from '../en.ts';

/** What a mix does to a track. */
const moveNames: Readonly<Record<string, string>> = {
  'high-pass': 'Hochpass',
  eq: 'EQ',
  compressor: 'Kompressor',
  pan: 'Panorama',
  send: 'Hall',
};

/** The mix suggestion. */
export const mix: Texts['mix'] = {
  none: 'Noch kein Mix-Vorschlag',
  noneText: 'Den Song mit Mix-Vorschlag analysieren, dann erscheint er hier, mit seinen Gründen.',
  coming: 'Der Mix-Vorschlag ist unterwegs',
  comingText: 'Er kommt zuletzt, aus dem, was in den Spuren gehört wurde.',
  strength: 'Stärke',
  before: 'Vorher',
  after: 'Nachher',
  undo: 'Rückgängig',
  redo: 'Wiederholen',
  matched: 'Beide werden gleich laut gespielt.',
  apply: 'In die Plugins geben',
  appliedNow: 'In den Plugins',
  given: (names) => `An ${names} gegeben`,
  applyToFaders: (daw) => `An ${daw} geben`,
  onFadersNow: 'Auf den Fadern',
  onFaders: ({ daw, moved, plugins, missing, others, atTop, held, left }) =>
    [
      `Pegel und Panorama liegen auf diesen Kanälen von ${daw}: ${moved.join(', ')}.`,
      plugins.length > 0 && `Das Übrige ist in den Plugins von ${plugins.join(', ')}.`,
      ...left.map(
        ({ track, moves }) =>
          `${track}: für ${moves.map((move) => moveNames[move] ?? move).join(', ')} bräuchte es das Plugin.`,
      ),
      atTop.length > 0 && `Am oberen Ende des Faders, der Mix will mehr: ${atTop.join(', ')}.`,
      held.length > 0 && `Nicht bewegt, vielleicht wegen Automation: ${held.join(', ')}.`,
      missing.length > 0 &&
        `Kein Kanal heißt ${missing.join(', ')}${others.length > 0 ? `; es gibt noch ${others.join(', ')}` : ''}. Spur und Kanal denselben Namen geben.`,
    ]
      .filter((line) => line !== false)
      .join(' '),
  reference: 'Referenz',
  referenceBusy: 'Für diesen Song wird gerade gerechnet; die Referenz danach noch einmal hierher ziehen.',
  referenceDrop: 'Referenz: einen Mix hierher ziehen',
  referenceChoose: 'Referenz wählen…',
  referenceOf: (name) => `Angeglichen an ${name}`,
  compressor: 'Komp.',
  change: (before, after) => `${before} → ${after}`,
  pictures: 'Vorher und nachher',
  spectrum: 'Spektrum',
  spectrumText: (name) => `Spektrum des Mix vorher und nachher; am meisten ändert sich bei ${name}`,
  stereo: 'Stereofeld',
  stereoText: (before, after) =>
    `Breite des Mix je Frequenz: ${Math.round(100 * before)} % vorher, ${Math.round(100 * after)} % nachher`,
  masking: 'Verdeckung, vorher über nachher',
  maskingText: 'Wo Spuren von anderen verdeckt werden, je Spur und Frequenz',
  maskingOf: (name, before, after) =>
    `${name}: ${Math.round(100 * before)} % verdeckt vorher, ${Math.round(100 * after)} % nachher`,
  listening: 'Die Spuren werden gehört…',
  left: 'L',
  right: 'R',
  keep: (name) => `Vorschlag für ${name} benutzen`,
  nothing: 'Nichts zu ändern.',
  gain: 'Pegel',
  pan: 'Panorama',
  send: 'Hall',
  off: 'aus',
  curve: (name) => `EQ von ${name}`,
  loudness: (before, after) => `${before.toFixed(1)} → ${after.toFixed(1)} LUFS`,
};
