import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ok, warn, type Finding } from './finding.ts';

interface PluginKind {
  readonly format: string;
  /** The bundle as `npm run build:plugin` names it. */
  readonly bundle: string;
  /** Where hosts look, most usual first. */
  readonly folders: readonly string[];
}

/** Folders that the formats' own specifications name, the user's before the system's; variables of the environment come first. */
export function pluginKinds(platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string): PluginKind[] {
  const listed = (name: string) => (env[name] ?? '').split(delimiter).filter((folder) => folder !== '');
  if (platform === 'win32') {
    const common = env['COMMONPROGRAMFILES'] ?? 'C:\\Program Files\\Common Files';
    const local = join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Programs', 'Common');
    return [
      { format: 'VST3', bundle: 'SoniDesk.vst3', folders: [join(local, 'VST3'), join(common, 'VST3')] },
      {
        format: 'CLAP',
        bundle: 'SoniDesk.clap',
        folders: [...listed('CLAP_PATH'), join(local, 'CLAP'), join(common, 'CLAP')],
      },
    ];
  }
  if (platform === 'darwin') {
    const folders = (name: string) => [
      join(home, 'Library/Audio/Plug-Ins', name),
      join('/Library/Audio/Plug-Ins', name),
    ];
    return [
      { format: 'VST3', bundle: 'SoniDesk.vst3', folders: folders('VST3') },
      { format: 'CLAP', bundle: 'SoniDesk.clap', folders: [...listed('CLAP_PATH'), ...folders('CLAP')] },
      { format: 'LV2', bundle: 'SoniDesk.lv2', folders: [...listed('LV2_PATH'), ...folders('LV2')] },
    ];
  }
  const folders = (name: string) => [
    join(home, `.${name}`),
    join('/usr/local/lib', name),
    join('/usr/lib', name),
  ];
  return [
    { format: 'LV2', bundle: 'SoniDesk.lv2', folders: [...listed('LV2_PATH'), ...folders('lv2')] },
    { format: 'VST3', bundle: 'SoniDesk.vst3', folders: folders('vst3') },
    { format: 'CLAP', bundle: 'SoniDesk.clap', folders: [...listed('CLAP_PATH'), ...folders('clap')] },
  ];
}

/** The plugin in the folders where hosts look for it, one finding a format. */
export function pluginFindings(
  platform: NodeJS.Platform = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): Finding[] {
  return pluginKinds(platform, env, home).map(({ format, bundle, folders }) => {
    const found = folders.filter((folder) => existsSync(join(folder, bundle)));
    const name = `plugin ${format}`;
    return found.length > 0
      ? ok(name, `${bundle} in ${found.join(', ')}`)
      : warn(
          name,
          `no ${bundle} in ${folders.join(', ')}`,
          `To use it: copy ${bundle} (npm run build:plugin) to ${folders[0]}, then let the DAW look for plugins again.`,
        );
  });
}
