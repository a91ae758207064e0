import type { MixPlan, StripSettings } from '../contracts/mixPlan.ts';
import type { Operation, OperationContext, OperationInput } from '../contracts/operations.ts';
import { stripRanges } from '../contracts/mixPlan.ts';
import { neutralStrip } from '../audio/strip/neutral.ts';
import type { Loudness } from '../audio/loudness/loudnessMeter.ts';
import { resumable, type Checkpoint } from '../platform/checkpoint.ts';
import { setCompressor } from './compressorMove.ts';
import { cutExcess, cutMasking } from './eqMoves.ts';
import { setGains } from './gainMoves.ts';
import { setHighPass } from './highPassMove.ts';
import { sessionFormat, type SessionFormat } from './mixdown.ts';
import { setPans } from './panMoves.ts';
import { Passes, loudnessListener, trackListener } from './passes.ts';
import { matchReference, referenceNotes } from './reference.ts';
import { roleOfFeatures } from './roleOfFeatures.ts';
import { roleOfHeard } from './roleOfHeard.ts';
import { roleOfName } from './roleOfName.ts';
import { roleProfiles } from './roles.ts';
import { setSend } from './sendMove.ts';
import type { TrackMeasurement } from './trackMeasurement.ts';
import { clamp, isSilent, loudest, signedDb, tenth, type Track } from './track.ts';

/** The mix stays below this true peak, the usual ceiling of delivery specifications (EBU R 128, AES TD1008). */
const ceilingDb = -1;
/** Measuring a track costs about as much as rendering it three times. */
const measureCost = 3;

/**
 * The rule-based mix assistant: measures every track, guesses its role, and suggests moves with the reason and the
 * evidence for each. Deterministic; nothing is moved that is within the usual. The mix after the moves is as loud as
 * before (so that A/B compares the balance), unless that would exceed -1 dBTP or a reference asks for another loudness.
 */
export const mix: Operation<'mix'> = (input, context) =>
  resumable(context.directory, ['mix', input], (checkpoint) => planMix(input, context, checkpoint));

/** Goes on where it was cut short: passes over audio are taken up, what is decided between them is decided again. */
async function planMix(
  { tracks: input, reference }: OperationInput<'mix'>,
  context: OperationContext,
  checkpoint: Checkpoint,
): Promise<MixPlan> {
  const session = await sessionFormat(input.map(({ audio, start }) => ({ path: audio, start })));
  // One render for each track, the whole before, the whole after and perhaps once more.
  const work = input.length * (measureCost + 4) + (reference === null ? 0 : measureCost);
  const passes = new Passes(work * session.frames, context, checkpoint);
  const measurements: TrackMeasurement[] = [];
  for (const { audio, start } of input) {
    measurements.push(await passes.measure({ path: audio, start }, measureCost * session.frames));
  }
  const loudestLufs = loudest(measurements);
  const tracks = input.map(({ name, audio, start, heard = [] }, k): Track => {
    const measured = measurements[k]!;
    const role = roleOfName(name) ?? roleOfHeard(heard) ?? roleOfFeatures(measured);
    return {
      name,
      path: audio,
      start,
      role,
      profile: roleProfiles[role],
      measured,
      loudestLufs,
      strip: neutralStrip(),
      moves: [],
    };
  });
  const reverb = chooseReverb(tracks);
  const target =
    reference === null ? null : await passes.measure({ path: reference }, measureCost * session.frames);
  /** With a reference the whole mix is measured like a track, else only its loudness. */
  const render = async (strips: readonly StripSettings[]): Promise<Levels> => {
    const whole = {
      tracks: tracks.map(({ path, start }, k) => ({ path, start, strip: strips[k]! })),
      reverb,
      session,
    };
    const { sampleRate, frames } = session;
    const renderWork = tracks.length * frames;
    return target === null
      ? levelsOf(await passes.render(whole, () => loudnessListener(sampleRate), renderWork))
      : levelsOf(await passes.render(whole, () => trackListener(sampleRate, frames), renderWork));
  };
  const before = await render(tracks.map(() => neutralStrip()));

  for (const track of tracks) {
    setHighPass(track);
    cutExcess(track);
    setCompressor(track);
  }
  setPans(tracks);
  setGains(tracks, await loudnessThroughStrips(tracks, session, passes));
  cutMasking(tracks);
  for (const track of tracks) setSend(track);
  if (target !== null) matchReference(tracks, target);

  const first = await render(tracks.map(({ strip }) => strip));
  const trim = commonTrim(first, target?.integratedLufs ?? before.integratedLufs);
  const exact = applyTrim(tracks, trim);
  // Gain is the last linear step of every strip and the reverb is linear: a common trim shifts all levels by itself.
  const after = exact ? shifted(first, trim) : await render(tracks.map(({ strip }) => strip));
  passes.finish();
  const notes =
    target === null || before.measured === null || after.measured === null
      ? []
      : referenceNotes(target, before.measured, after.measured);
  return {
    version: 1,
    tracks: tracks.map(({ name, role, strip, moves }) => ({ name, role, strip, moves })),
    reverb,
    before: { integratedLufs: before.integratedLufs, truePeakDb: before.truePeakDb },
    after: { integratedLufs: after.integratedLufs, truePeakDb: after.truePeakDb },
    reference: reference === null ? null : { file: reference, notes },
  };
}

interface Levels {
  readonly integratedLufs: number | null;
  readonly truePeakDb: number | null;
  readonly measured: TrackMeasurement | null;
}

function levelsOf(result: TrackMeasurement | Loudness): Levels {
  if ('integratedLufs' in result) {
    const { integratedLufs, truePeakDb } = result;
    return { integratedLufs, truePeakDb, measured: result };
  }
  return { integratedLufs: result.integrated, truePeakDb: result.truePeak, measured: null };
}

/** A common gain so that the mix has the wanted loudness and stays under the ceiling. */
function commonTrim(now: Levels, wantedLufs: number | null): number {
  if (now.truePeakDb === null) return 0;
  const loudness = wantedLufs === null || now.integratedLufs === null ? 0 : wantedLufs - now.integratedLufs;
  // A hundredth under the ceiling, as gains are rounded.
  const trim = Math.min(loudness, ceilingDb - 0.05 - now.truePeakDb);
  return Math.abs(trim) < 0.1 && now.truePeakDb < ceilingDb ? 0 : Math.floor(trim * 10) / 10;
}

/** False when a track met the end of its range, so that the balance has changed. */
function applyTrim(tracks: readonly Track[], trim: number): boolean {
  if (trim === 0) return true;
  let exact = true;
  for (const track of tracks) {
    // A hit shorter than a loudness block has no loudness, but it has a peak.
    if (track.measured.truePeakDb === null) continue;
    const gainDb = tenth(clamp(track.strip.gainDb + trim, stripRanges.gainDb));
    if (Math.abs(gainDb - track.strip.gainDb - trim) > 1e-6) exact = false;
    track.strip = { ...track.strip, gainDb };
    const reason = `All tracks move by ${signedDb(trim)} so that the mix keeps its loudness and its peaks stay under ${ceilingDb} dBTP.`;
    const move = track.moves.find(({ target }) => target === 'gain');
    if (move === undefined) {
      track.moves.push({ target: 'gain', action: signedDb(gainDb), reason });
    } else {
      move.action = signedDb(gainDb);
      move.reason = `${move.reason} ${reason}`;
    }
  }
  return exact;
}

const shiftBy = (level: number | null, trim: number): number | null => (level === null ? null : level + trim);

function shifted({ integratedLufs, truePeakDb, measured }: Levels, trim: number): Levels {
  return {
    integratedLufs: shiftBy(integratedLufs, trim),
    truePeakDb: shiftBy(truePeakDb, trim),
    measured: measured === null ? null : { ...measured, integratedLufs: shiftBy(integratedLufs, trim) },
  };
}

/** Denser music gets a shorter room. */
function chooseReverb(tracks: readonly Track[]): MixPlan['reverb'] {
  const heard = tracks.filter((track) => !isSilent(track));
  const attacks = heard.reduce(
    (sum, { measured }) => sum + measured.attacksPerSecond * measured.activePart,
    0,
  );
  return { decaySeconds: tenth(clamp(2.4 - 0.08 * attacks, [1.2, 2.4])), preDelayMs: 20 };
}

/** Gated loudness of every track behind its strip so far. Only tracks with processing are rendered. */
async function loudnessThroughStrips(
  tracks: readonly Track[],
  session: SessionFormat,
  passes: Passes,
): Promise<(number | null)[]> {
  const out: (number | null)[] = [];
  for (const track of tracks) {
    if (isSilent(track) || track.moves.length === 0) {
      out.push(track.measured.integratedLufs);
      passes.skip(session.frames);
      continue;
    }
    const { sampleRate, frames } = track.measured;
    const alone = {
      tracks: [track],
      reverb: { decaySeconds: 1, preDelayMs: 0 },
      session: { sampleRate, frames },
    };
    out.push((await passes.render(alone, () => loudnessListener(sampleRate), session.frames)).integrated);
  }
  return out;
}
