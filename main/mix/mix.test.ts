import * as fc from 'fast-check';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../test/support/writeWav.ts';
import { testSignal } from '../audio/strip/testSignal.ts';
import { openWav } from '../audio/wav/wavReader.ts';
import { mixPlan, type MixPlan } from '../contracts/mixPlan.ts';
import { mix } from './mix.ts';
import { renderMix } from './renderMix.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-mix-'));
});
afterAll(() => rm(folder, { recursive: true }));
const context = () => ({
  signal: new AbortController().signal,
  directory: folder,
  progress: () => undefined,
});

interface Source {
  readonly name: string;
  readonly rate: number;
  readonly channels: readonly Float32Array[];
}
interface Given {
  name: string;
  audio: string;
}

async function write(source: Source, k: number): Promise<Given> {
  const audio = await writeWav(join(folder, `${k}.wav`), source.channels, { sampleRate: source.rate });
  return { name: source.name, audio };
}
const writeAll = (sources: readonly Source[]) => Promise.all(sources.map(write));

/** Bursts (a note every 0.4 s) or steady noise. */
function played(
  kind: 'tone' | 'noise',
  hz: number,
  level: number,
  rate: number,
  seconds: number,
): Float32Array {
  const frames = Math.round(rate * seconds);
  const [noise] = testSignal({ kind: 'noise', level: 1, seed: Math.round(hz) }, frames, rate);
  return Float32Array.from({ length: frames }, (_, n) => {
    const t = n / rate;
    const envelope = Math.exp(-6 * (t % 0.4));
    return level * envelope * (kind === 'tone' ? Math.sin(2 * Math.PI * hz * t) : noise[n]!);
  });
}

const band = (): Source[] => [
  { name: 'VOX_LEAD', rate: 16000, channels: [played('tone', 500, 0.05, 16000, 4)] },
  { name: 'KICK', rate: 16000, channels: [played('tone', 60, 0.5, 16000, 4)] },
  { name: 'BASS', rate: 8000, channels: [played('tone', 90, 0.3, 8000, 3)] },
  {
    name: 'PAD',
    rate: 16000,
    channels: [played('tone', 520, 0.6, 16000, 4), played('tone', 640, 0.6, 16000, 4)],
  },
  { name: 'BGVOX 1', rate: 16000, channels: [played('tone', 700, 0.1, 16000, 4)] },
  { name: 'BGVOX 2', rate: 16000, channels: [played('tone', 800, 0.1, 16000, 4)] },
];

const moves = (plan: MixPlan, name: string) => plan.tracks.find((track) => track.name === name)!.moves;

describe('mix and renderMix', () => {
  it('balances a band, with reasons, as loud as before where peaks allow, and renders what it promised', async () => {
    const tracks = await writeAll(band());
    const plan = await mix({ tracks, reference: null }, context());
    mixPlan.parse(plan);
    const gain = (name: string) => plan.tracks.find((track) => track.name === name)!.strip.gainDb;
    expect(gain('VOX_LEAD') - gain('PAD')).toBeGreaterThan(10);
    for (const { target } of moves(plan, 'KICK')) expect(target).not.toBe('pan');
    const pans = plan.tracks.filter(({ role }) => role === 'backing-vocal').map(({ strip }) => strip.pan);
    expect(pans[0]).toBeLessThan(0);
    expect(pans[0]! + pans[1]!).toBe(0);
    expect(moves(plan, 'VOX_LEAD').map(({ target }) => target)).toContain('send');
    for (const { reason } of plan.tracks.flatMap((track) => track.moves)) expect(reason).toMatch(/\d|mono/);

    const rendered = await renderMix({ tracks, plan }, context());
    expect(rendered).toMatchObject({ sampleRate: 16000, channels: 2, frames: 64000 });
    expect(rendered.integratedLufs).toBeCloseTo(plan.after.integratedLufs!, 2);
    expect(rendered.truePeakDb).toBeCloseTo(plan.after.truePeakDb!, 2);
    expect(plan.after.truePeakDb).toBeLessThan(-1);
    const louder = plan.after.integratedLufs! - plan.before.integratedLufs!;
    expect(louder).toBeLessThan(0.2);
    // As loud as before, unless the ceiling was met first.
    expect(louder > -0.2 || plan.after.truePeakDb! > -1.2).toBe(true);
    const file = await openWav(join(folder, rendered.audio));
    expect(file.frames).toBe(64000);
    await file.close();
    expect(await mix({ tracks, reference: null }, context())).toEqual(plan);
  });

  it('keeps the peaks of a hot mix under -1 dBTP', async () => {
    const tracks = await writeAll(
      band().map((source) => ({ ...source, channels: source.channels.map((c) => c.map((x) => 4 * x)) })),
    );
    const plan = await mix({ tracks, reference: null }, context());
    expect(plan.before.truePeakDb).toBeGreaterThan(0);
    expect(plan.after.truePeakDb).toBeLessThan(-1);
  });

  it('leaves a stem with nothing but bleed alone, and makes no room for it', async () => {
    const quiet = {
      name: 'BASS',
      rate: 8000,
      channels: [played('tone', 600, 0.3, 8000, 3).map((x) => x / 1000)],
    };
    const others = band().filter(({ name }) => name !== 'BASS');
    const plan = await mix({ tracks: await writeAll([...others, quiet]), reference: null }, context());
    const without = await mix({ tracks: await writeAll(others), reference: null }, context());
    expect(plan.tracks.slice(0, -1)).toEqual(without.tracks);
    expect(moves(plan, 'BASS').map(({ target }) => target)).toEqual(
      moves(plan, 'KICK').some(({ reason }) => reason.includes('All tracks move')) ? ['gain'] : [],
    );
  });

  it('leaves a single track that needs nothing alone', async () => {
    const wide = [played('tone', 60, 0.4, 16000, 4), played('tone', 60, 0.4, 16000, 4)];
    const tracks = await writeAll([{ name: 'KICK', rate: 16000, channels: wide }]);
    const plan = await mix({ tracks, reference: null }, context());
    expect(plan.tracks[0]!.moves).toEqual([]);
    expect(plan.after).toEqual(plan.before);
  });

  it('comes nearer to a reference in loudness and spectrum and says what remains', async () => {
    const tracks = await writeAll(band());
    const bright = await write(
      { name: 'reference', rate: 16000, channels: [played('noise', 3000, 0.2, 16000, 4)] },
      99,
    );
    const plan = await mix({ tracks, reference: bright.audio }, context());
    mixPlan.parse(plan);
    const [loudness, spectrum] = plan.reference!.notes;
    expect(loudness).toMatch(/^Loudness/);
    const [now, before] = [...spectrum!.matchAll(/([\d.]+) dB/g)].map((match) => Number(match[1]));
    expect(now).toBeLessThan(before!);
  });

  it('always makes a valid plan and a finite mix, whatever the tracks', async () => {
    const anySource: fc.Arbitrary<Source> = fc.record({
      name: fc.constantFrom('VOX', 'bgv L', 'kick', 'Audio 1', 'snare', 'fx', 'gtr R', 'BASS', ''),
      rate: fc.constantFrom(8000, 11025, 16000),
      channels: fc
        .record({
          kind: fc.constantFrom('tone' as const, 'noise' as const),
          hz: fc.integer({ min: 20, max: 5000 }),
          level: fc.constantFrom(0, 1e-7, 0.01, 1, 50),
          seconds: fc.constantFrom(0, 0.0001, 0.3, 1.7),
          count: fc.constantFrom(1, 2, 3),
          fault: fc.constantFrom('none', 'nan', 'dc'),
        })
        .map(({ kind, hz, level, seconds, count, fault }) => {
          const plane = played(kind, hz, level, 8000, seconds);
          if (fault === 'nan') plane[plane.length >> 1] = Number.NaN;
          return Array.from({ length: count }, () => (fault === 'dc' ? plane.map((x) => x + 0.3) : plane));
        }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySource, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (sources, matched) => {
          const tracks = await writeAll(sources);
          const plan = await mix({ tracks, reference: matched ? tracks[0]!.audio : null }, context());
          mixPlan.parse(plan);
          expect(JSON.stringify(plan)).not.toContain('NaN');
          for (const { strip, moves } of plan.tracks) {
            expect(strip.eq.every(({ gainDb }) => Math.abs(gainDb) <= 6)).toBe(true);
            for (const { action, reason } of moves)
              expect(`${action}${reason}`).not.toMatch(/NaN|Infinity|undefined/);
          }
          const rendered = await renderMix({ tracks, plan }, context());
          const file = await openWav(join(folder, rendered.audio));
          const planes = await file.read(0, file.frames);
          await file.close();
          expect(planes.every((plane) => plane.every((x) => Number.isFinite(x)))).toBe(true);
          expect(plan.after.truePeakDb ?? -Infinity).toBeLessThan(-0.99);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('refuses a plan of other tracks and stops when cancelled', async () => {
    const tracks = await writeAll(band().slice(0, 2));
    const plan = await mix({ tracks, reference: null }, context());
    await expect(renderMix({ tracks: tracks.slice(1), plan }, context())).rejects.toMatchObject({
      kind: 'bad-usage',
    });
    const abort = new AbortController();
    abort.abort();
    await expect(mix({ tracks, reference: null }, { ...context(), signal: abort.signal })).rejects.toThrow(
      'abort',
    );
    await expect(renderMix({ tracks, plan }, { ...context(), signal: abort.signal })).rejects.toThrow(
      'abort',
    );
  });

  it('places tracks that start later to the sample, in the plan and in the mix', async () => {
    const [vox, kick] = [band()[0]!, band()[1]!];
    const tracks = await writeAll([vox, kick]);
    const lead = 24_000;
    const padded = (plane: Float32Array) => {
      const longer = new Float32Array(lead + plane.length);
      longer.set(plane, lead);
      return longer;
    };
    const late = { ...tracks[1]!, start: lead };
    const same = await write({ ...kick, channels: kick.channels.map(padded) }, 7);
    const plan = await mix({ tracks: [tracks[0]!, late], reference: null }, context());
    expect(plan).toEqual(await mix({ tracks: [tracks[0]!, same], reference: null }, context()));

    const placed = await mkdtemp(join(folder, 'placed-'));
    const silent = await mkdtemp(join(folder, 'silent-'));
    const rendered = await renderMix(
      { tracks: [tracks[0]!, late], plan, timeReference: 1234 },
      { ...context(), directory: placed },
    );
    expect(rendered.frames).toBe(4 * 16_000 + lead);
    await renderMix({ tracks: [tracks[0]!, same], plan }, { ...context(), directory: silent });
    const [a, b] = [await openWav(join(placed, 'mix.wav')), await openWav(join(silent, 'mix.wav'))];
    expect(a.timeReference).toBe(1234);
    expect(b.timeReference).toBeNull();
    expect(await a.read(0, a.frames)).toEqual(await b.read(0, b.frames));
    await a.close();
    await b.close();
  });
});
