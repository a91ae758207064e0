import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `npm run build:plugin` leaves the plugin in every format; `SONIDESK_PLUGIN_FOLDER` names another build. */
export const pluginFolder =
  process.env['SONIDESK_PLUGIN_FOLDER'] ??
  fileURLToPath(new URL('../../../plugin-bridge/plugin/build/bin/', import.meta.url));

/** How hosts know the plugin: parts of saved sessions that never change, see DistrhoPluginInfo.h. */
export const pluginIds = {
  LV2: 'urn:sonidesk:plugin',
  VST3: '2046504473616C6331446E5300000000',
} as const;
export type PluginFormat = keyof typeof pluginIds;

/** Ardour's resampler of ports (for varispeed) would put 16 samples between tracks. */
const ardourConfig = `<?xml version="1.0" encoding="UTF-8"?>
<Ardour>
  <Config>
    <Option name="port-resampler-quality" value="0"/>
  </Config>
</Ardour>
`;

/**
 * A home of its own for host programs: they find our plugin and nothing else, keep their settings there, and the plugin
 * in them looks for the app at an endpoint file of this sandbox.
 */
export class Sandbox {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Sandbox> {
    const sandbox = new Sandbox(await mkdtemp(join(tmpdir(), 'sonidesk-daw-')));
    for (const [folder, bundle] of [
      ['lv2', 'SoniDesk.lv2'],
      ['home/.vst3', 'SoniDesk.vst3'],
      ['home/.clap', 'SoniDesk.clap'],
    ] as const) {
      await mkdir(sandbox.path(folder), { recursive: true });
      await symlink(join(pluginFolder, bundle), sandbox.path(folder, bundle));
    }
    await mkdir(sandbox.path('home', '.config', 'ardour7'), { recursive: true });
    await writeFile(sandbox.path('home', '.config', 'ardour7', 'config'), ardourConfig);
    return sandbox;
  }

  path(...pieces: readonly string[]): string {
    return join(this.folder, ...pieces);
  }

  /** The endpoint file by which plugin and app find each other. */
  get bridge(): string {
    return this.path('run', 'bridge.json');
  }

  /** The environment of a host program: no display, no sound card. */
  get environment(): NodeJS.ProcessEnv {
    const { DISPLAY: _, ...rest } = process.env;
    return {
      ...rest,
      LC_ALL: 'C.UTF-8',
      HOME: this.path('home'),
      XDG_CONFIG_HOME: this.path('home', '.config'),
      XDG_CACHE_HOME: this.path('home', '.cache'),
      XDG_RUNTIME_DIR: this.path('run'),
      LV2_PATH: `${this.path('lv2')}:/usr/lib/lv2`,
      CLAP_PATH: this.path('home', '.clap'),
      SONIDESK_BRIDGE: this.bridge,
    };
  }

  /** Ardour takes no VST3 that its scanner has not seen; with a window it scans by itself. */
  scanVst3(): void {
    const bundle = this.path('home', '.vst3', 'SoniDesk.vst3');
    const { status, stderr } = spawnSync('/usr/lib/ardour7/ardour-vst3-scanner', ['-f', bundle], {
      encoding: 'utf8',
      env: { ...this.environment, LD_LIBRARY_PATH: '/usr/lib/ardour7' },
    });
    if (status !== 0) throw new Error(`Ardour's scanner refuses the VST3: ${stderr}`);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
