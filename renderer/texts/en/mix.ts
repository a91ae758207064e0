import type { FadersMoved } from '../../../main/contracts/dawMixer.ts';

/** The mix suggestion. */
export const mix = {
  none: 'No mix suggestion yet',
  noneText: 'Analyse the song with the mix suggestion switched on, and it appears here, with its reasons.',
  coming: 'The mix suggestion is on its way',
  comingText: 'It is made last, from what the tracks were heard to be.',
  strength: 'Strength',
  before: 'Before',
  after: 'After',
  undo: 'Undo',
  redo: 'Redo',
  matched: 'Both are played equally loud.',
  apply: 'Apply to plugins',
  appliedNow: 'In the plugins',
  given: (names: string) => `Given to ${names}`,
  applyToFaders: (daw: string) => `Apply to ${daw}`,
  onFadersNow: 'On the faders',
  onFaders: ({ daw, moved, plugins, missing, others, atTop, held, left }: FadersMoved) =>
    [
      `Gain and pan are on these strips of ${daw}: ${moved.join(', ')}.`,
      plugins.length > 0 && `The rest is in the plugins of ${plugins.join(', ')}.`,
      ...left.map(
        ({ track, moves }) =>
          `${track}: ${moves.map((move) => (move === 'eq' ? 'EQ' : move)).join(', ')} would need the plugin.`,
      ),
      atTop.length > 0 && `At the top of the fader, the mix wants more: ${atTop.join(', ')}.`,
      held.length > 0 && `Did not move, perhaps for automation: ${held.join(', ')}.`,
      missing.length > 0 &&
        `No strip is called ${missing.join(', ')}${others.length > 0 ? `; there are also ${others.join(', ')}` : ''}. Give track and strip the same name.`,
    ]
      .filter((line) => line !== false)
      .join(' '),
  reference: 'Reference',
  referenceBusy: 'Something is being computed for this song; drop the reference again when it is done.',
  referenceDrop: 'Reference: drop a mix you like',
  referenceChoose: 'Choose a reference…',
  referenceOf: (name: string) => `Matched to ${name}`,
  compressor: 'Comp.',
  change: (before: string, after: string) => `${before} → ${after}`,
  pictures: 'Before and after',
  spectrum: 'Spectrum',
  spectrumText: (name: string) => `Spectrum of the mix before and after; strongest change at ${name}`,
  stereo: 'Stereo field',
  stereoText: (before: number, after: number) =>
    `Width of the mix by frequency: ${Math.round(100 * before)} % before, ${Math.round(100 * after)} % after`,
  masking: 'Masking, before over after',
  maskingText: 'Where tracks are covered by others, per track and frequency',
  maskingOf: (name: string, before: number, after: number) =>
    `${name}: ${Math.round(100 * before)} % covered before, ${Math.round(100 * after)} % after`,
  listening: 'Listening to the tracks…',
  left: 'L',
  right: 'R',
  keep: (name: string) => `Use the suggestion for ${name}`,
  nothing: 'Nothing to change.',
  gain: 'Gain',
  pan: 'Pan',
  send: 'Reverb',
  off: 'off',
  curve: (name: string) => `EQ of ${name}`,
  loudness: (before: number, after: number) => `${before.toFixed(1)} → ${after.toFixed(1)} LUFS`,
};
