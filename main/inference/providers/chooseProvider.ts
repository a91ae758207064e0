import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderReport } from '../../contracts/inferenceHost.ts';
import { requireProvider } from '../../contracts/providers.ts';
import { SoniError, asSoniError } from '../../contracts/errors.ts';
import type { InstalledPack } from '../packs/installedPack.ts';
import { tellUser } from '../host/userNotes.ts';
import { modelThreads } from '../onnx/threads.ts';
import { availableProviders } from './available.ts';
import { recallChoice, rememberChoice, type ProviderChoice } from './choiceMemory.ts';
import { probeResult, type ProbeArguments, type ProbeResult } from './probeProvider.ts';
import { runHelper } from '../helper/runHelper.ts';

/**
 * A provider's numbers are right when no output value is further from the CPU's than this part of the
 * outputs' peak: -54 dB, what half-precision arithmetic reaches and well below what separation gets wrong.
 */
const relativeTolerance = 2e-3;

/**
 * When the CPU is this many times faster than real time nothing else is tried: a song of four minutes then
 * takes under five seconds, about what starting another provider costs.
 */
const fastEnough = 50;

export interface ChooseOptions {
  /** Test again whatever is remembered. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * The execution provider for a pack on this machine. `SONIDESK_PROVIDER` decides untested; with nothing but a
 * CPU there is nothing to test; else the remembered choice, or a self-test of every provider at hand: the
 * fastest whose numbers agree with the CPU's.
 * @throws SoniError `bad-usage` for a SONIDESK_PROVIDER that is not there | `cancelled`
 */
export async function chooseProvider(
  pack: InstalledPack,
  options: ChooseOptions = {},
): Promise<ProviderChoice> {
  const offered = availableProviders();
  const forced = process.env['SONIDESK_PROVIDER'];
  if (forced) {
    requireProvider(forced, offered);
    return { chosen: forced, reports: [untested(forced, 'Chosen by SONIDESK_PROVIDER.')] };
  }
  const others = offered.filter((name) => name !== 'cpu');
  if (others.length === 0)
    return { chosen: 'cpu', reports: [untested('cpu', 'The only one on this machine.')] };
  if (!options.force) {
    const remembered = await recallChoice(pack, offered);
    if (remembered !== undefined) return remembered;
  }
  const choice = await selfTest(pack, others, options.signal ?? new AbortController().signal);
  await rememberChoice(pack, offered, choice);
  return choice;
}

const untested = (provider: string, note: string | null): ProviderReport => ({
  provider,
  usable: true,
  secondsPerWindow: null,
  maxError: null,
  kernels: null,
  note,
});

async function selfTest(
  pack: InstalledPack,
  others: readonly string[],
  signal: AbortSignal,
): Promise<ProviderChoice> {
  tellUser(`Trying which of ${others.join(', ')} and cpu runs ${pack.manifest.id} best (once) ...`);
  const folder = await mkdtemp(join(tmpdir(), 'sonidesk-self-test-'));
  const reference = join(folder, 'reference.raw');
  const probe = async (provider: string, timeoutSeconds: number): Promise<ProbeResult> => {
    const wanted: ProbeArguments = {
      provider,
      model: pack.filePath(pack.manifest.model.file),
      manifest: join(pack.directory, 'manifest.json'),
      threads: modelThreads(),
      reference,
      writeReference: provider === 'cpu',
    };
    return probeResult.parse(await runHelper('probe-provider', wanted, { signal, timeoutSeconds }));
  };
  try {
    const cpu = await probe('cpu', 600);
    const reports: ProviderReport[] = [{ ...untested('cpu', null), secondsPerWindow: cpu.secondsPerWindow }];
    const { windowSamples, sampleRate } = pack.manifest.model;
    const realTime = windowSamples / sampleRate / cpu.secondsPerWindow;
    for (const provider of others) {
      if (realTime >= fastEnough) {
        reports.push({
          ...untested(
            provider,
            `Not tried: the CPU does this model at ${Math.round(realTime)} times real time.`,
          ),
          usable: false,
        });
        continue;
      }
      // Twice the start-up (shader compilation) and three windows that are not slower than the CPU's.
      const result = await probe(provider, 60 + 4 * cpu.secondsPerWindow).catch((thrown: unknown) => {
        signal.throwIfAborted();
        return asSoniError(thrown);
      });
      reports.push(judge(provider, result));
    }
    const usable = reports.filter((report) => report.usable);
    const best = usable.reduce((a, b) => ((b.secondsPerWindow ?? 0) < (a.secondsPerWindow ?? 0) ? b : a));
    for (const { provider, usable, note } of reports) {
      if (!usable && note !== null) tellUser(`${provider} is not used: ${note}`);
    }
    return { chosen: best.provider, reports };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Turns what a probe found into a report. */
export function judge(provider: string, found: ProbeResult | SoniError): ProviderReport {
  if (found instanceof SoniError) {
    return { ...untested(provider, `Self-test failed: ${found.message}`), usable: false };
  }
  const { secondsPerWindow, maxError, peak, kernels } = found;
  const allowed = relativeTolerance * (peak ?? 0);
  const note =
    kernels === null || kernels.onProvider === 0
      ? `Self-test failed: none of the model's ${kernels?.all ?? 0} kernels runs on it; the CPU did the work.`
      : maxError === null || maxError > allowed
        ? `Self-test failed: its numbers differ from the CPU's by ${maxError?.toPrecision(2) ?? 'an unknown amount'}, up to ${allowed.toPrecision(2)} is allowed.`
        : null;
  return { provider, usable: note === null, secondsPerWindow, maxError, kernels, note };
}
