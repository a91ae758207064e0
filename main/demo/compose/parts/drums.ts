import { barStart, endBar, firstChorusBar, firstVerseBar, type ScoreNote } from '../song.ts';

/** General MIDI percussion keys of the kit. */
export const kit = {
  kick: 36,
  sideStick: 37,
  snare: 38,
  closedHat: 42,
  openHat: 46,
  lowTom: 45,
  midTom: 47,
  highTom: 50,
  crash: 49,
  ride: 51,
} as const;

type Hit = readonly [beat: number, velocity: number];

function place(bar: number, pitch: number, hits: readonly Hit[]): ScoreNote[] {
  return hits.map(([beat, velocity]) => ({ start: barStart(bar) + beat, length: 0.25, pitch, velocity }));
}

const eighths = (strong: number, weak: number): Hit[] =>
  Array.from({ length: 8 }, (_, i) => [i / 2, i % 2 === 0 ? strong : weak]);

const fill = (bar: number): ScoreNote[] => [
  ...place(bar, kit.snare, [
    [2, 92],
    [2.25, 70],
    [2.5, 96],
  ]),
  ...place(bar, kit.highTom, [
    [2.75, 88],
    [3, 98],
  ]),
  ...place(bar, kit.midTom, [
    [3.25, 92],
    [3.5, 102],
  ]),
  ...place(bar, kit.lowTom, [[3.75, 110]]),
];

function introBar(bar: number): ScoreNote[] {
  return [
    ...place(bar, kit.closedHat, eighths(64, 44)),
    ...place(bar, kit.sideStick, [
      [1, 84],
      [3, 88],
    ]),
    ...place(bar, kit.kick, [[0, 92], ...(bar % 2 === 1 ? ([[2.5, 78]] as Hit[]) : [])]),
  ];
}

function verseBar(bar: number): ScoreNote[] {
  const filling = bar === firstChorusBar - 1;
  const hats = eighths(76, 52).filter(([beat]) => !filling || beat < 2);
  const open = bar % 4 === 1 && !filling;
  return [
    ...place(bar, kit.closedHat, open ? hats.slice(0, -1) : hats),
    ...(open ? place(bar, kit.openHat, [[3.5, 78]]) : []),
    ...place(bar, kit.kick, [
      [0, 108],
      [1.75, 74],
      [2, 100],
      ...(bar % 2 === 1 ? ([[2.75, 82]] as Hit[]) : []),
    ]),
    ...place(
      bar,
      kit.snare,
      filling
        ? [[1, 108]]
        : ([
            [1, 104],
            [2.25, 30],
            [3, 108],
            [3.75, 34],
          ] as Hit[]),
    ),
    ...(filling ? fill(bar) : []),
    ...(bar === firstVerseBar ? place(bar, kit.crash, [[0, 88]]) : []),
  ];
}

function chorusBar(bar: number): ScoreNote[] {
  const filling = bar === endBar - 1;
  const first = (bar - firstChorusBar) % 4 === 0;
  return [
    ...place(
      bar,
      kit.ride,
      eighths(86, 62).filter(([beat]) => (!filling || beat < 2) && !(first && beat === 0)),
    ),
    ...(first ? place(bar, kit.crash, [[0, 108]]) : []),
    ...place(bar, kit.kick, [
      [0, 116],
      [0.75, 82],
      [1.5, 94],
      [2, 108],
      [2.5, 96],
      ...(bar % 2 === 1 ? ([[3.5, 90]] as Hit[]) : []),
    ]),
    ...place(
      bar,
      kit.snare,
      filling
        ? [[1, 116]]
        : ([
            [1, 114],
            [1.75, 28],
            [3, 118],
            [3.25, 32],
          ] as Hit[]),
    ),
    ...(filling ? fill(bar) : []),
  ];
}

/** The drum part: side stick and hats, then a backbeat with ghost notes, then the ride; a fill into each section. */
export function drumsPart(): ScoreNote[] {
  const notes: ScoreNote[] = [];
  for (let bar = 0; bar < firstVerseBar; bar++) notes.push(...introBar(bar));
  for (let bar = firstVerseBar; bar < firstChorusBar; bar++) notes.push(...verseBar(bar));
  for (let bar = firstChorusBar; bar < endBar; bar++) notes.push(...chorusBar(bar));
  notes.push(...place(endBar, kit.kick, [[0, 112]]), ...place(endBar, kit.crash, [[0, 110]]));
  return notes;
}
