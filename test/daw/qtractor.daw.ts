import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SplitResult } from '../../main/contracts/workflows.ts';
import { installFactorsPack } from '../support/factorsPack.ts';
import { Jack } from './qtractor/jack.ts';
import { Qtractor, writeSession, type QtractorFormat } from './qtractor/qtractor.ts';
import { App } from './support/app.ts';
import { eightTracks, sampleRate } from './support/material.ts';
import { canRun } from './support/programs.ts';
import { Sandbox } from './support/sandbox.ts';
import { cut, difference, readWave, sum, writeWave, type Stereo } from './support/wave.ts';

/** The song starts here, after silence. */
const start = sampleRate;
const seconds = 3;
const end = start + seconds * sampleRate;
const formats: readonly QtractorFormat[] = ['CLAP', 'LV2'];
const ready = canRun(['qtractor', 'jackd'], ['SoniDesk.clap', 'SoniDesk.lv2']);

describe.skipIf(!ready).each(formats)('Qtractor with the %s', (format) => {
  let sandbox: Sandbox;
  let app: App;
  let song: Stereo;
  let session: string;

  beforeAll(async () => {
    sandbox = await Sandbox.make();
    await installFactorsPack(sandbox.path('app'));
    song = cut(sum((await eightTracks(seconds)).map(({ audio }) => audio)), start, 0, end);
    const wave = sandbox.path('song.wav');
    await writeWave(wave, song, sampleRate);
    session = await writeSession(sandbox, format, wave, end);
    app = await App.start(sandbox);
  });

  afterAll(async () => {
    await app?.end();
    await sandbox?.remove();
  });

  /** Plays the song in real time and gives what every instance heard over [start, end), by its track. */
  async function play(jack: Jack, pass: string): Promise<Map<string, Stereo>> {
    const files = await app.capture(end / sampleRate, sandbox.path(pass), () =>
      jack.transport('locate 0', 'play'),
    );
    await jack.transport('stop');
    await app.until('the takes to end', (list) => list.every(({ plugin }) => plugin?.recording === null));
    const heard = new Map<string, Stereo>();
    for (const { track, file, gaps, hostStart } of files) {
      expect(gaps).toEqual([]);
      const wave = await readWave(file);
      expect(wave.start).toBe(hostStart);
      heard.set(track, cut(wave.audio, hostStart, start, end));
    }
    return heard;
  }

  it('is captured sample for sample, and plays a stem that was split from it', async () => {
    await using jack = await Jack.start(2048);
    await using _ = Qtractor.start(sandbox, jack, session);
    await app.until(
      'both plugins',
      (list) => list.length === 2 && list.every(({ plugin }) => plugin !== null),
    );
    const source = cut(song, 0, start, end);
    const first = await play(jack, 'first');
    expect([...first.values()].map((heard) => difference(heard, source))).toEqual(['same', 'same']);

    const { file } = (await app.tracks())[0]!.takes.map(({ audio }) => ({
      file: sandbox.path('sonidesk', 'audio', audio),
    }))[0]!;
    const split = await app.run<SplitResult>('split', file, '--pack', 'factors', '-o', sandbox.path('stems'));
    const vocals = split.stems.find(({ stem }) => stem === 'vocals')!.file;
    for (const track of first.keys()) await app.run('return', '--track', track, '--stems', vocals);
    await app.until('the stem', (list) =>
      list.every(({ plugin }) => plugin?.stems.length === 1 && plugin.stems[0]!.state === 'ready'),
    );
    const stem = await readWave(vocals);
    const played = cut(stem.audio, stem.start, start, end);
    // The first of the two in a row still hears the song, the second what the first plays.
    const second = [...(await play(jack, 'second')).values()];
    const hears = second.map((heard) =>
      difference(heard, source) === 'same'
        ? 'song'
        : difference(heard, played) === 'same'
          ? 'stem'
          : 'neither',
    );
    expect(hears.sort()).toEqual(['song', 'stem']);
  });
});
