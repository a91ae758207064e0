import { installToneModel } from '../../support/toneModel.ts';
import { runCli } from '../../cli/runCli.ts';
import type { Sandbox } from './sandbox.ts';

/**
 * Installs a pack that transcribes: Basic Pitch where npm or the mirror folder has it, else the tests' own small model.
 * @returns its id
 */
export async function installTranscriber(sandbox: Sandbox): Promise<string> {
  const home = sandbox.path('app');
  const npm = process.env['SONIDESK_NPM'] ?? 'npm';
  const { code } = await runCli(['packs', 'add', 'basic-pitch'], { home, env: { SONIDESK_NPM: npm } });
  if (code === 0) return 'basic-pitch';
  return installToneModel(sandbox.path('app', 'packs'));
}
