import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dawPrograms, findProgram, type DawProgram } from './dawPrograms.ts';
import { ok, warn, type Finding } from './finding.ts';
import { pluginKinds } from './plugins.ts';

/** A plugin that is connected now. */
export interface Connection {
  readonly name: string;
  readonly host: string;
  readonly format: string;
}

interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
}

const thisMachine = (): Machine => ({ platform: process.platform, env: process.env, home: homedir() });

/**
 * A test for each DAW: whether it is installed, whether the plugin lies in a folder that it looks into, and whether
 * it is connected.
 * @param connections `null` when nobody serves plugins now
 */
export function dawTests(
  connections: readonly Connection[] | null,
  machine: Machine = thisMachine(),
): Finding[] {
  const runsHere = dawPrograms.filter(({ formats }) => formatsOf(formats, machine).length > 0);
  const places = runsHere.map((daw) => ({
    daw,
    place: findProgram(daw, machine.platform, machine.env, machine.home),
    connected: (connections ?? []).filter(({ host }) => host.toLowerCase().includes(daw.host)),
  }));
  const here = places.filter(({ place, connected }) => place !== null || connected.length > 0);
  const away = places.filter((each) => !here.includes(each)).map(({ daw }) => daw.name);
  return [
    ...here.map(({ daw, place, connected }) => test(daw, place, connected, connections !== null, machine)),
    ...(away.length === 0 ? [] : [ok('DAWs not found', away.join(', '))]),
  ];
}

function test(
  daw: DawProgram,
  place: string | null,
  connected: readonly Connection[],
  isServing: boolean,
  machine: Machine,
): Finding {
  const formats = formatsOf(daw.formats, machine);
  const kinds = pluginKinds(machine.platform, machine.env, machine.home).filter(({ format }) =>
    formats.includes(format),
  );
  const name = `DAW ${daw.name}`;
  const at = place === null ? 'runs' : `is at ${place}`;
  if (connected.length > 0) {
    const tracks = connected.map((track) => `${track.name} (${track.format})`);
    return ok(name, `${at}; connected: ${tracks.join(', ')}`);
  }
  const found = kinds.flatMap(({ bundle, folders }) =>
    folders.map((folder) => join(folder, bundle)).filter((path) => existsSync(path)),
  );
  const [best] = formats.flatMap((format) => kinds.filter((kind) => kind.format === format));
  if (found.length === 0 && best !== undefined) {
    return warn(
      name,
      `${at}; the plugin is in none of the folders it looks into (${kinds.flatMap(({ folders }) => folders).join(', ')})`,
      `Copy ${best.bundle} to ${best.folders[0]}, then let it look for plugins: ${daw.rescan}.`,
    );
  }
  const state = isServing ? 'no track of it is connected now' : 'not tried, as nobody serves plugins now';
  return ok(name, `${at}; it finds ${found.join(', ')}; ${state}`);
}

const formatsOf = (formats: DawProgram['formats'], { platform }: Machine): readonly string[] =>
  Object.entries(formats).find(([system]) => system === platform)?.[1] ?? [];
