import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SplitResult } from '../../main/contracts/workflows.ts';
import { installFactorsPack } from '../support/factorsPack.ts';
import { Jack } from './qtractor/jack.ts';
import { clipFrames, fadeFrames, Qtractor, writeSession, type QtractorFormat } from './qtractor/qtractor.ts';
import { App } from './support/app.ts';
import { eightTracks, repeated, sampleRate } from './support/material.ts';
import { canRun } from './support/programs.ts';
import { Sandbox } from './support/sandbox.ts';
import { cut, difference, readWave, sum, writeWave, type Stereo } from './support/wave.ts';

const songSeconds = 60;
/** Heard in one go. */
const seconds = 4;
/** What comes first after a start or a jump is not compared: Qtractor is silent for a block or two. */
const preRoll = sampleRate;
/** Less is not compared either. */
const shortest = sampleRate;
/** Where Qtractor itself comes too late it jumps on or is silent; then it plays once more. */
const passes = 5;
/** Qtractor follows a transport that is at most so far ahead of it without a jump. */
const blockFrames = 8192;
const formats: readonly QtractorFormat[] = ['CLAP', 'LV2'];
const ready = canRun(['qtractor', 'jackd'], ['SoniDesk.clap', 'SoniDesk.lv2']);

describe.skipIf(!ready).each(formats)('Qtractor with the %s', (format) => {
  let song: Stereo;
  let sandbox: Sandbox;
  let app: App;
  let wave: string;

  beforeAll(async () => {
    song = repeated(sum((await eightTracks(10)).map(({ audio }) => audio)), songSeconds * sampleRate);
  });

  // For every try: what another has left is in nobody's way.
  beforeEach(async () => {
    sandbox = await Sandbox.make();
    await installFactorsPack(sandbox.path('app'), 65_536);
    wave = sandbox.path('song.wav');
    await writeWave(wave, song, sampleRate);
    app = await App.start(sandbox);
  });

  afterEach(async () => {
    await app?.end();
    await sandbox?.remove();
  });

  /** Plays on in real time for some seconds. What each instance heard in its longest run. */
  async function play(jack: Jack, folder: string): Promise<Heard[]> {
    const files = await app.capture(seconds, sandbox.path(folder), () => jack.transport('play'));
    await jack.transport('stop');
    await app.until('the takes to end', (list) => list.every(({ plugin }) => plugin?.recording === null));
    const runs = files.map(async ({ track, file, gaps, hostStart }): Promise<Heard> => {
      const wave = await readWave(file);
      expect(gaps).toEqual([]);
      expect(wave.start).toBe(hostStart);
      const from = hostStart + preRoll;
      const to = Math.max(from, hostStart + wave.audio[0].length);
      return { track, audio: cut(wave.audio, hostStart, from, to), from, to };
    });
    const longest = new Map<string, Heard>();
    for (const run of await Promise.all(runs)) {
      const other = longest.get(run.track);
      if (other === undefined || run.to - run.from > other.to - other.from) longest.set(run.track, run);
    }
    return [...longest.values()];
  }

  /** Plays until the plugins have heard these, in any order, or often enough. What they have heard. */
  async function heard(wanted: readonly Part[], jack: Jack, parts: Readonly<Record<Part, Stereo>>) {
    for (let pass = 1; ; pass++) {
      const takes = await play(jack, `${wanted.join('-')}-${pass}`);
      const names = takes.map((take) => nameOf(take, parts)).sort((a, b) => (a < b ? -1 : 1));
      if (names.join() === wanted.join() || pass === passes) return names;
      console.log(`${format}, pass ${pass}: ${names.join('; ') || 'nothing'}`);
    }
  }

  it('is captured sample for sample, and plays a stem that was split from it', async () => {
    const split = await app.run<SplitResult>('split', wave, '--pack', 'factors', '-o', sandbox.path('stems'));
    const vocals = split.stems.find(({ stem }) => stem === 'vocals')!.file;
    const parts = { song, stem: (await readWave(vocals)).audio };
    const session = await writeSession(sandbox, format, wave, songSeconds * sampleRate);

    await using jack = await Jack.start(blockFrames);
    await using _ = Qtractor.start(sandbox, jack, session);
    await app.until(
      'both plugins',
      (list) => list.length === 2 && list.every(({ plugin }) => plugin !== null),
    );
    expect(await heard(['song', 'song'], jack, parts)).toEqual(['song', 'song']);

    for (const { id } of await app.tracks()) {
      await app.run('return', '--track', id, '--stems', vocals, '--start', '0');
    }
    await app.until('the stem', (list) =>
      list.every(({ plugin }) => plugin?.stems.length === 1 && plugin.stems[0]!.state === 'ready'),
    );
    // The first of the two in a row still hears the song, the second what the first plays.
    expect(await heard(['song', 'stem'], jack, parts)).toEqual(['song', 'stem']);
  });
});

type Part = 'song' | 'stem';

interface Heard {
  readonly track: string;
  readonly audio: Stereo;
  readonly from: number;
  readonly to: number;
}

/** What a take is, sample for sample, or how it differs from the song. */
function nameOf({ audio, from, to }: Heard, parts: Readonly<Record<Part, Stereo>>): string {
  if (to - from < shortest || to > parts.song[0].length) return `${to - from} frames from ${from}`;
  const got = withoutFades(audio, from);
  const expected = (part: Part, later = 0) => withoutFades(cut(parts[part], later, from, to), from);
  const differs = difference(got, expected('song'));
  if (differs === 'same') return 'song';
  if (difference(got, expected('stem')) === 'same') return 'stem';
  return `${JSON.stringify(differs)} from ${from} of ${to - from} frames`;
}

/** Silent where Qtractor fades. */
function withoutFades(audio: Stereo, start: number): Stereo {
  const silenced = audio.map((plane) =>
    plane.map((sample, n) => {
      const within = (start + n) % clipFrames;
      return within < fadeFrames || within >= clipFrames - blockFrames ? 0 : sample;
    }),
  );
  return [silenced[0]!, silenced[1]!];
}
