import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { z } from 'zod';
import { openWav } from '../../audio/wav/wavReader.ts';
import type { ReturnedStem } from '../../contracts/bridge.ts';
import { SoniError } from '../../contracts/errors.ts';
import { mixPlan } from '../../contracts/mixPlan.ts';
import { fileError } from '../../platform/fileError.ts';
import { refuseBoth } from './formerFaders.ts';
import { withBridge } from './withBridge.ts';

export interface ReturnSettings {
  readonly track?: string;
  readonly stems?: string;
  readonly midi?: string;
  readonly mix?: string;
  readonly start?: number;
  readonly original?: true;
  /** Gain and pan of the mix onto the DAW's faders. */
  readonly faders?: true;
  readonly none?: true;
  readonly json?: true;
}

export interface ReturnOutcome {
  readonly lines: string[];
  readonly [part: string]: unknown;
}

const later = (delivered: boolean) => (delivered ? '' : '; its plugin is away and gets them when it comes');

/** Does what was asked in the order stems, notes, mix. @throws SoniError */
export async function returnResults(settings: ReturnSettings): Promise<ReturnOutcome> {
  const { track = '', stems, midi, mix, start, none } = settings;
  if (mix !== undefined) refuseBoth(mix);
  return await withBridge(async (bridge) => {
    const lines: string[] = [];
    const outcome: Record<string, unknown> = {};
    if (none) {
      await bridge.call('returnStems', { track, stems: [], listen: true });
      await bridge.call('returnNotes', { track, midi: null, startFrame: 0 });
      lines.push(`${track}: stems and notes were taken away`);
    }
    if (stems !== undefined) {
      const list = await stemFiles(resolve(stems), start);
      const given = await bridge.call('returnStems', {
        track,
        stems: list,
        listen: settings.original !== true,
      });
      outcome['stems'] = { track: given.track.name, delivered: given.delivered, stems: list };
      lines.push(`${given.track.name}: ${list.map(({ stem }) => stem).join(', ')}${later(given.delivered)}`);
    }
    if (midi !== undefined) {
      const given = await bridge.call('returnNotes', {
        track,
        midi: resolve(midi),
        startFrame: start ?? null,
      });
      outcome['midi'] = {
        track: given.track.name,
        delivered: given.delivered,
        notes: given.notes,
        startFrame: given.startFrame,
      };
      lines.push(
        `${given.track.name}: ${given.notes} notes from frame ${given.startFrame}${later(given.delivered)}`,
      );
    }
    if (mix !== undefined) {
      const given = await bridge.call('returnMix', {
        track: settings.track ?? null,
        plan: await readPlan(mix),
      });
      outcome['mix'] = given;
      for (const { name, delivered } of given.applied) lines.push(`${name}: strip set${later(delivered)}`);
      if (given.unknown.length > 0) lines.push(`No track is called ${given.unknown.join(', ')}.`);
      if (given.applied.length === 0) {
        throw new SoniError(
          'not-found',
          `None of the plan's tracks (${given.unknown.join(', ')}) is in the session. Name one with --track.`,
        );
      }
    }
    return { ...outcome, lines };
  });
}

const splitFile = z.object({ stems: z.array(z.object({ stem: z.string(), file: z.string() })) });

/** The stems of a folder: as split.json lists them, otherwise all WAV files in it. */
async function stemFiles(path: string, start: number | undefined): Promise<ReturnedStem[]> {
  const folder = await stat(path).then(
    (found) => found.isDirectory(),
    (thrown: unknown) => {
      throw fileError(thrown, `read ${path}`);
    },
  );
  const files = folder ? await filesOf(path) : [{ stem: basename(path, extname(path)), file: path }];
  if (files.length === 0) throw new SoniError('bad-input', `${path} holds no WAV files.`);
  if (files.length > 8) {
    throw new SoniError(
      'bad-input',
      `${path} holds ${files.length} WAV files; a plugin plays at most 8 stems.`,
    );
  }
  return Promise.all(
    files.map(async ({ stem, file }) => {
      const reader = await openWav(file);
      await reader.close();
      return { stem, file, startFrame: start ?? reader.timeReference ?? 0, gainDb: 0 };
    }),
  );
}

async function filesOf(folder: string): Promise<{ stem: string; file: string }[]> {
  const listed = await readFile(join(folder, 'split.json'), 'utf8').then(
    (text) => splitFile.safeParse(JSON.parse(text)).data?.stems,
    () => undefined,
  );
  if (listed !== undefined) return listed.map(({ stem, file }) => ({ stem, file: resolve(folder, file) }));
  const names = (await readdir(folder)).filter((name) => extname(name).toLowerCase() === '.wav').sort();
  return names.map((name) => ({ stem: basename(name, extname(name)), file: join(folder, name) }));
}

export async function readPlan(path: string): Promise<z.infer<typeof mixPlan>> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw fileError(thrown, `read ${path}`);
  });
  try {
    return mixPlan.parse(JSON.parse(text));
  } catch (thrown) {
    throw new SoniError('bad-input', `${path} is not a mix plan ("sonidesk mix" writes one).`, undefined, {
      cause: thrown,
    });
  }
}
