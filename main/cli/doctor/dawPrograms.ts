import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A DAW, where it is installed and which formats of the plugin it loads there. */
export interface DawProgram {
  readonly name: string;
  /** How its plugins name the host, in small letters. */
  readonly host: string;
  /** Formats that this program loads on a system, the one that carries most first; none: it does not run there. */
  readonly formats: { readonly [Platform in 'linux' | 'darwin' | 'win32']?: readonly string[] };
  /** What its program or its folder begins with, in small letters. */
  readonly begins: string;
  /** Where it looks for new plugins when asked. */
  readonly rescan: string;
}

/** FEATURES.md tells in which of them the plugin has been run. */
export const dawPrograms: readonly DawProgram[] = [
  {
    name: 'Ardour',
    host: 'ardour',
    formats: { linux: ['LV2', 'VST3'], darwin: ['VST3', 'LV2'], win32: ['VST3'] },
    begins: 'ardour',
    rescan: 'Window > Plugin Manager > Re-scan All',
  },
  {
    name: 'Qtractor',
    host: 'qtractor',
    formats: { linux: ['CLAP', 'LV2'] },
    begins: 'qtractor',
    rescan: 'the Rescan button of its plugin dialog',
  },
  {
    name: 'REAPER',
    host: 'reaper',
    formats: { linux: ['CLAP', 'VST3', 'LV2'], darwin: ['CLAP', 'VST3', 'LV2'], win32: ['CLAP', 'VST3'] },
    begins: 'reaper',
    rescan: 'Options > Preferences > Plug-ins > VST or CLAP > Re-scan',
  },
  {
    name: 'Bitwig Studio',
    host: 'bitwig',
    formats: { linux: ['CLAP', 'VST3'], darwin: ['CLAP', 'VST3'], win32: ['CLAP', 'VST3'] },
    begins: 'bitwig',
    rescan: 'Dashboard > Settings > Plug-ins > Rescan',
  },
  {
    name: 'Ableton Live',
    host: 'live',
    formats: { darwin: ['VST3'], win32: ['VST3'] },
    begins: 'ableton live',
    rescan: 'Settings > Plug-Ins > Rescan',
  },
];

/** Folders where programs of a system lie, one level deep. */
function programFolders(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): string[] {
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  if (platform === 'win32') {
    const data = env['PROGRAMDATA'] ?? 'C:\\ProgramData';
    return [env['PROGRAMFILES'] ?? 'C:\\Program Files', join(data, 'Ableton')];
  }
  if (platform === 'darwin') return ['/Applications', join(home, 'Applications')];
  return [...path, '/opt', join(home, 'opt')];
}

/** Where a program is installed; `null` when it is not found. */
export function findProgram(
  { begins }: DawProgram,
  platform: NodeJS.Platform,
  env: NodeJS.ProcessEnv,
  home: string,
): string | null {
  for (const folder of programFolders(platform, env, home)) {
    const found = namesIn(folder).find((name) => isProgram(name.toLowerCase(), begins));
    if (found !== undefined) return join(folder, found);
  }
  return null;
}

/** "ardour7", "Ardour8.app", "bitwig-studio", "Ableton Live 12 Suite": the name, then no other word of its own. */
const isProgram = (name: string, begins: string): boolean =>
  name.startsWith(begins) && /^(\d|\.app$|-studio$| |$)/.test(name.slice(begins.length));

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
