import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where SoniDesk keeps its own files. `SONIDESK_HOME` moves everything under one folder (tests, portable
 * installs); otherwise each system's convention is followed (XDG Base Directory, Apple, Windows).
 */
export interface Directories {
  /** Installed model packs and accepted licences. */
  readonly packs: string;
  /** Things that can be computed again. */
  readonly cache: string;
  /** Settings and measured speeds. */
  readonly config: string;
}

export function directories(env: NodeJS.ProcessEnv = process.env, platform = process.platform): Directories {
  const home = env['SONIDESK_HOME'];
  if (home) return { packs: join(home, 'packs'), cache: join(home, 'cache'), config: join(home, 'config') };
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
    const base = join(local, 'SoniDesk');
    return { packs: join(base, 'packs'), cache: join(base, 'cache'), config: join(base, 'config') };
  }
  if (platform === 'darwin') {
    const library = join(homedir(), 'Library');
    return {
      packs: join(library, 'Application Support', 'SoniDesk', 'packs'),
      cache: join(library, 'Caches', 'SoniDesk'),
      config: join(library, 'Application Support', 'SoniDesk', 'config'),
    };
  }
  const xdg = (name: string, fallback: string) => env[name] || join(homedir(), fallback);
  return {
    packs: join(xdg('XDG_DATA_HOME', '.local/share'), 'sonidesk', 'packs'),
    cache: join(xdg('XDG_CACHE_HOME', '.cache'), 'sonidesk'),
    config: join(xdg('XDG_CONFIG_HOME', '.config'), 'sonidesk'),
  };
}
