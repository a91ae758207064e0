import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('says how to get Electron, and offers the browser, where its binary is missing', () => {
  const started = spawnSync(process.execPath, ['main/tooling/start.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' },
    input: '',
  });
  expect(started.status).toBe(1);
  expect(started.stderr).toMatch(/npx install-electron/);
  expect(started.stderr).toMatch(/ELECTRON_OVERRIDE_DIST_PATH/);
  expect(started.stderr).toMatch(/sonidesk serve --open/);
});
