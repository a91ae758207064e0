/** The npm client the user has: it knows the user's registry, proxy and rights. `SONIDESK_NPM` names another. */
export function npmClient(env: NodeJS.ProcessEnv = process.env): {
  readonly command: string;
  /** On Windows npm is a batch file, which needs a shell. */
  readonly shell: boolean;
} {
  const windows = process.platform === 'win32';
  return { command: env['SONIDESK_NPM'] ?? (windows ? 'npm.cmd' : 'npm'), shell: windows };
}
