import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChannelStrip } from '../../main/audio/strip/channelStrip.ts';
import { neutralStrip } from '../../main/audio/strip/neutral.ts';
import type { BridgeTrack } from '../../main/contracts/bridge.ts';
import type { ReturnKind, Take } from '../../main/contracts/session.ts';
import type { MixPlan, StripSettings } from '../../main/contracts/mixPlan.ts';
import type { SplitResult, TranscribeResult } from '../../main/contracts/workflows.ts';
import { readMidi } from '../../main/midi/readMidi.ts';
import { installFactorsPack } from '../support/factorsPack.ts';
import type { Ardour, Speed } from './ardour/ardour.ts';
import { exportMaster } from './ardour/export.ts';
import {
  byTime,
  makeSession,
  materialStart,
  recordMaster,
  recordNotes,
  roll,
  withArdour,
  type ArdourSession,
} from './ardour/session.ts';
import { App } from './support/app.ts';
import { eightTracks, sampleRate, type Track } from './support/material.ts';
import { canRun } from './support/programs.ts';
import { prepareTranscription } from './support/transcriber.ts';
import { Sandbox, type PluginFormat } from './support/sandbox.ts';
import {
  cut,
  difference,
  largestDifference,
  readWave,
  sum,
  type Difference,
  type Stereo,
} from './support/wave.ts';

const seconds = 10;
const songEnd = materialStart + seconds * sampleRate;
/** The slot of a track with notes to transcribe. */
const melodic = 7;
/** Ardour's ticks: 1920 a beat, 120 beats a minute. */
const onTicks = (frame: number) => Math.round((frame * 3840) / sampleRate);

const strip: StripSettings = {
  ...neutralStrip(),
  highPass: { enabled: true, frequencyHz: 120 },
  eq: neutralStrip().eq.map((band, index) => ({ ...band, gainDb: [0, 3, 0, -4, 0, 2][index]! })),
  compressor: {
    enabled: true,
    thresholdDb: -30,
    ratio: 4,
    attackMs: 5,
    releaseMs: 120,
    kneeDb: 6,
    makeupDb: 3,
  },
  gainDb: -2.5,
  pan: 0.3,
};

const planOf = (strip: StripSettings): MixPlan => ({
  version: 1,
  tracks: [{ name: 'Track', role: 'other', strip, moves: [] }],
  reverb: { decaySeconds: 1, preDelayMs: 0 },
  before: { integratedLufs: null, truePeakDb: null },
  after: { integratedLufs: null, truePeakDb: null },
  reference: null,
});

/** As main/audio computes it. */
function throughStrip(settings: StripSettings, [left, right]: Stereo): Stereo {
  const wet = [Float64Array.from(left), Float64Array.from(right)] as const;
  const send = () => new Float64Array(left.length);
  new ChannelStrip(settings, sampleRate).process(wet[0], wet[1], send(), send());
  return [Float32Array.from(wet[0]), Float32Array.from(wet[1])];
}

/** What became of a track in a capture. */
interface Captured {
  readonly name: string;
  readonly gaps: number;
  readonly audio: Difference | 'same';
  /** The file says where on the timeline it lies. */
  readonly placed: boolean;
  readonly bpm: number | undefined;
}

/** In LV2 Ardour cuts its blocks where automation changes; in VST3 DPF takes a change at the next block of 1024 frames. */
const automationLate = { LV2: 0, VST3: 1024 } as const;

const formats: readonly PluginFormat[] = ['LV2', 'VST3'];

describe.skipIf(!canRun(['ardour'], ['SoniDesk.lv2', 'SoniDesk.vst3'])).each(formats)(
  'Ardour with the %s',
  (format) => {
    let sandbox: Sandbox;
    let app: App;
    let tracks: readonly Track[];
    let session: ArdourSession;

    /** A part as it lies on the timeline, over [0, to). */
    const placed = (audio: Stereo, to: number) => cut(audio, materialStart, 0, to);
    const allPlaced = (to: number) => othersPlaced([], to);
    const othersPlaced = (without: readonly number[], to: number) =>
      sum(tracks.filter((_, index) => !without.includes(index)).map(({ audio }) => placed(audio, to)));

    const connected = (list: readonly BridgeTrack[]) =>
      list.filter(({ plugin }) => plugin !== null).length === tracks.length &&
      tracks.every((_, index) => list.some(({ slot }) => slot === index + 1));

    beforeAll(async () => {
      sandbox = await Sandbox.make();
      if (format === 'VST3') sandbox.scanVst3();
      await installFactorsPack(sandbox.path('app'));
      tracks = await eightTracks(seconds);
      app = await App.start(sandbox);
      session = await makeSession(sandbox, tracks, format, () => app.until('all slots', connected));
    });

    afterAll(async () => {
      await app?.end();
      await sandbox?.remove();
    });

    /** The track has what was returned to it last. */
    const hasReturned = (slot: number, kind: ReturnKind) => (list: readonly BridgeTrack[]) =>
      list.some(
        (track) =>
          track.slot === slot &&
          track.returned.some((returned) => returned.kind === kind && returned.confirmed !== null),
      );

    const takeIds = async () =>
      new Set((await app.tracks()).flatMap(({ takes }) => takes.map(({ id }) => id)));

    /**
     * Rolls or exports with `work`; then every track should have a new take that reaches `to` and equals its part over
     * [materialStart, to). Takes of exports that crashed before are shorter.
     */
    async function captured(to: number, work: () => Promise<unknown>): Promise<Captured[]> {
      const before = await takeIds();
      await work();
      const takes = await app.until('a new take of every track', (list) => {
        if (!list.every((track) => track.takes.every(({ state }) => state !== 'recording'))) return false;
        const found = tracks.map((_, index) =>
          list
            .find(({ slot }) => slot === index + 1)
            ?.takes.filter(({ id, hostStart, frames }) => !before.has(id) && hostStart + frames >= to)
            .reduce<Take | undefined>(
              (a, b) => (a === undefined || b.started > a.started ? b : a),
              undefined,
            ),
        );
        return found.every((take) => take !== undefined) && found;
      });
      return Promise.all(
        tracks.map(async ({ name, audio }, index) => {
          const take = takes[index]!;
          const wave = await readWave(sandbox.path('sonidesk', 'audio', take.audio));
          return {
            name,
            gaps: take.gaps.length,
            audio: difference(
              cut(wave.audio, take.hostStart, materialStart, to),
              cut(audio, materialStart, materialStart, to),
            ),
            placed: wave.start === take.hostStart,
            bpm: take.tempoMap[0]?.bpm,
          };
        }),
      );
    }

    /** Every track sample for sample, no gap, in its place. */
    const allRight = () =>
      tracks.map(({ name }): Captured => ({ name, gaps: 0, audio: 'same', placed: true, bpm: 120 }));

    /** The session in an Ardour of that speed, all its plugins connected to the app. */
    const inArdour = <Result>(speed: Speed, work: (ardour: Ardour) => Promise<Result>): Promise<Result> =>
      withArdour(sandbox, session, speed, async (ardour) => {
        await app.until('all plugins', connected);
        return work(ardour);
      });

    it.each<[Speed, number]>([
      ['Normal Speed', 2],
      ['5x Speed', 8],
      ['20x Speed', seconds],
    ])('at %s is captured sample for sample', async (speed, length) => {
      const to = materialStart + length * sampleRate;
      expect(await inArdour(speed, (ardour) => captured(to, () => roll(ardour, to)))).toEqual(allRight());
    });

    it('is captured sample for sample in a freewheeling export', async () => {
      const takes = await captured(songEnd, async () => {
        const { master, crashes } = await exportMaster(sandbox, session);
        expect(difference(master, allPlaced(songEnd))).toBe('same');
        console.log(`ardour7-export crashed ${crashes} times before it exported`);
      });
      expect(takes).toEqual(allRight());
    });

    describe('with results returned by the app', () => {
      /** In the order of the split, which is the plugin's. */
      let stems: Stereo[];

      it('plays the stems of a split in place of the track', async () => {
        const takes = (await app.track(1)).takes;
        const longest = takes.reduce((a, b) => (b.frames > a.frames ? b : a));
        const take = sandbox.path('sonidesk', 'audio', longest.audio);
        const split = await app.run<SplitResult>(
          'split',
          take,
          '--pack',
          'factors',
          '-o',
          sandbox.path('stems'),
        );
        stems = await Promise.all(
          split.stems.map(async ({ file }) =>
            cut((await readWave(file)).audio, longest.hostStart, 0, songEnd),
          ),
        );
        await inArdour('5x Speed', async (ardour) => {
          await app.run('return', '--track', '1', '--stems', sandbox.path('stems'));
          await app.until('the stems', (list) =>
            list.some(
              ({ slot, plugin }) =>
                slot === 1 &&
                plugin?.stems.length === 4 &&
                plugin.stems.every(({ state }) => state === 'ready'),
            ),
          );
          // One stem less, or their sum is the track again.
          await ardour.tell('set', tracks[0]!.name, 'Stem 2 mute', 1);
          const master = await recordMaster(ardour, songEnd);
          const expected = sum([...stems.filter((_, stem) => stem !== 1), othersPlaced([0], songEnd)]);
          expect(largestDifference(master, expected)).toBeLessThan(rounding);
          await ardour.tell('set', tracks[0]!.name, 'Stem 2 mute', 0);
          await app.listen('1', 'original');
          await app.until('the original', hasReturned(1, 'monitor'));
          await ardour.tell('save');
        });
      });

      it('plays the notes of a transcription of the track, and Ardour records them', async () => {
        const { takes } = await app.track(melodic);
        const longest = takes.reduce((a, b) => (b.frames > a.frames ? b : a));
        const take = sandbox.path('sonidesk', 'audio', longest.audio);
        const { pack, input } = await prepareTranscription(sandbox, take);
        const midi = sandbox.path('notes.mid');
        const to = ['--bpm', '120', '-o', midi] as const;
        await app.run<TranscribeResult>('transcribe', input, '--pack', pack, ...to);
        // At 120 beats per minute the file's ticks are 25 frames, Ardour's 12.5: nothing is rounded on the way.
        const written = (await readMidi(midi)).tracks.flatMap(({ notes }) => notes);
        console.log(`${format}: ${pack} heard ${written.length} notes in "${tracks[melodic - 1]!.name}"`);
        expect(written.length).toBeGreaterThan(0);
        const at = (seconds: number) => longest.hostStart + Math.round(seconds * sampleRate);
        const end = Math.max(...written.map(({ offset }) => at(offset)));
        await inArdour('5x Speed', async (ardour) => {
          const start = String(longest.hostStart);
          await app.run('return', '--track', '1', '--midi', midi, '--start', start);
          await app.until('the notes', hasReturned(1, 'notes'));
          expect(await recordNotes(ardour, end + sampleRate / 2)).toEqual(
            written
              .map(({ onset, offset, pitch, velocity }) => ({
                start: onTicks(at(onset)),
                length: onTicks(at(offset)) - onTicks(at(onset)),
                pitch,
                velocity,
              }))
              .sort(byTime),
          );
        });
      });

      it('runs the strip of a mix plan as computed, also when the saved session is opened without the app', async () => {
        const plan = sandbox.path('mix.json');
        await writeFile(plan, JSON.stringify(planOf(strip)));
        const processed = throughStrip(strip, placed(tracks[1]!.audio, songEnd));
        const expected = sum([processed, othersPlaced([1], songEnd)]);
        await inArdour('5x Speed', async (ardour) => {
          await app.run('return', '--track', '2', '--mix', plan);
          await app.until('the strip', hasReturned(2, 'strip'));
          expect(largestDifference(await recordMaster(ardour, songEnd), expected)).toBeLessThan(rounding);
          await ardour.tell('save');
        });
        await app.end();
        try {
          await withArdour(sandbox, session, '5x Speed', async (ardour) => {
            expect(largestDifference(await recordMaster(ardour, songEnd), expected)).toBeLessThan(rounding);
          });
        } finally {
          app = await App.start(sandbox);
        }
        // Taken back while the plugin is away: it gets that when it comes.
        await writeFile(plan, JSON.stringify(planOf(neutralStrip())));
        await app.run('return', '--track', '2', '--mix', plan);
        await inArdour('5x Speed', async (ardour) => {
          await app.until('the neutral strip', hasReturned(2, 'strip'));
          expect(largestDifference(await recordMaster(ardour, songEnd), allPlaced(songEnd))).toBeLessThan(
            rounding,
          );
          await ardour.tell('save');
        });
      });

      it('follows automation', async () => {
        const at = materialStart + 2 * sampleRate;
        await inArdour('5x Speed', async (ardour) => {
          const name = tracks[0]!.name;
          await ardour.tell('automate', name, 'Play stems', 0, 0, at, 1);
          await ardour.tell('automate', name, 'Stem 2 mute', 0, 1);
          const master = await recordMaster(ardour, songEnd);
          const before = allPlaced(songEnd);
          const after = sum([...stems.filter((_, stem) => stem !== 1), othersPlaced([0], songEnd)]);
          // The plugin fades over within 20 ms, in steps of 32 frames.
          const { first } = differing(master, before);
          expect(first).toBeGreaterThanOrEqual(at);
          expect(first).toBeLessThanOrEqual(at + automationLate[format] + 64);
          const faded = at + automationLate[format] + Math.ceil(0.02 * sampleRate) + 64;
          expect(
            largestDifference(cut(master, 0, faded, songEnd), cut(after, 0, faded, songEnd)),
          ).toBeLessThan(rounding);
        });
      });
    });

    it('plays on when the app is killed and started again, and comes back to it', async () => {
      await inArdour('Normal Speed', async (ardour) => {
        const master = recordMaster(ardour, songEnd);
        await app.until('all takes to start', (list) =>
          list.every(({ plugin }) => plugin?.recording != null),
        );
        await app.end('SIGKILL');
        app = await App.start(sandbox);
        const started = performance.now();
        await app.until('all plugins again', connected);
        console.log(
          `${format}: plugins were back ${Math.round(performance.now() - started)} ms after the restart`,
        );
        expect(difference(await master, allPlaced(songEnd))).toBe('same');
      });
      const list = await app.until(
        'the takes to end',
        (tracks) => tracks.every(({ plugin }) => plugin === null) && tracks,
      );
      expect(list.map(({ slot }) => slot).sort((a, b) => a - b)).toEqual(tracks.map((_, index) => index + 1));
      for (const [index, { audio }] of tracks.entries()) {
        for (const take of (await app.track(index + 1)).takes) {
          if (take.frames < sampleRate) continue;
          const end = take.hostStart + take.frames;
          const wave = await readWave(sandbox.path('sonidesk', 'audio', take.audio));
          const from = Math.max(materialStart, take.hostStart);
          expect(
            difference(cut(wave.audio, take.hostStart, from, end), cut(audio, materialStart, from, end)),
          ).toBe('same');
        }
      }
    });
  },
);

/** Where they differ. @throws Error when they do not */
function differing(got: Stereo, wanted: Stereo): Difference {
  const found = difference(got, wanted);
  if (found === 'same') throw new Error('A difference was expected.');
  return found;
}

/** Ardour adds tracks in an order of its own and every addition rounds: -120 dBFS is what that may make. */
const rounding = 1e-6;
