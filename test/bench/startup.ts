/**
 * The app in a real Electron: time from its start until a user can do something, beside that of an Electron that shows
 * an empty window, and memory of all its processes.
 *
 *   xvfb-run -a npm run bench -- startup [--rounds 5] [--tracks 64] [--minutes 60] [--json]
 *
 * The two are started in turns, so that both see the same machine; medians and their ratio count. "Interactive" is when
 * the page shows its first button and is connected with the engine. Memory: resident, idle and with a session of
 * so many tracks in view. The files are in the system's cache after the first round, which is not counted.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { testElectron } from '../../main/tooling/electron.mjs';
import { hourSession } from './support/hourSession.ts';
import { resident } from './support/resident.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url)); // of the bundle in node_modules/.cache/bench
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    tracks: { type: 'string', default: '64' },
    minutes: { type: 'string', default: '60' },
    json: { type: 'boolean', default: false },
  },
});

const emptyApp = `
const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800 });
  window.loadURL('data:text/html,<button>ready</button>');
});
`;

interface Start {
  readonly milliseconds: number;
  readonly bytes: number;
}

async function start(
  executablePath: string,
  program: string,
  home: string,
  interactive: (page: Page) => Promise<unknown>,
): Promise<Start> {
  const begun = performance.now();
  const app: ElectronApplication = await _electron.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${join(home, 'electron')}`,
      '--lang=en-GB',
      program,
    ],
    env: {
      ...process.env,
      SONIDESK_HOME: home,
      SONIDESK_BRIDGE: join(home, 'bridge', 'bridge.json'),
    },
  });
  try {
    const page = await app.firstWindow();
    await interactive(page);
    const milliseconds = performance.now() - begun;
    await page.waitForLoadState('networkidle');
    return { milliseconds, bytes: await resident(app.process().pid!) };
  } finally {
    await app.close();
  }
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const executable = await testElectron();
const home = await mkdtemp(join(tmpdir(), 'sonidesk-startup-'));
try {
  const empty = join(home, 'empty.cjs');
  await writeFile(empty, emptyApp);
  const ours = join(root, 'dist', 'app.js');
  const anyButton = (page: Page) => page.getByRole('button').first().waitFor();
  const connected = (page: Page) => page.getByRole('button', { name: 'Live session' }).waitFor();
  const rounds = Number(values.rounds);
  const starts: { empty: Start; app: Start }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const pair = {
      empty: await start(executable, empty, home, anyButton),
      app: await start(executable, ours, home, connected),
    };
    if (round > 0) starts.push(pair);
  }
  await hourSession(join(home, 'sessions', 'default'), Number(values.tracks), Number(values.minutes));
  const full = await start(executable, ours, home, (page) =>
    page.getByRole('group', { name: 'Track 1', exact: true }).waitFor({ timeout: 60_000 }),
  );
  const of = (which: 'empty' | 'app') => ({
    milliseconds: median(starts.map((pair) => pair[which].milliseconds)),
    bytes: median(starts.map((pair) => pair[which].bytes)),
  });
  const result = {
    empty: of('empty'),
    app: of('app'),
    ratio: median(starts.map((pair) => pair.app.milliseconds / pair.empty.milliseconds)),
    full,
  };
  if (values.json) console.log(JSON.stringify(result));
  else {
    const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    const line = (name: string, { milliseconds, bytes }: Start) =>
      `${name.padEnd(30)}${milliseconds.toFixed(0).padStart(6)} ms   ${mb(bytes)}`;
    console.log(line('an empty window', result.empty));
    console.log(line('SoniDesk, idle', result.app));
    console.log(line(`SoniDesk, ${values.tracks} tracks of ${values.minutes} min`, result.full));
    console.log(
      `SoniDesk takes ${result.ratio.toFixed(2)} times as long as an empty window (median of ${rounds}).`,
    );
  }
} finally {
  await rm(home, { recursive: true, force: true });
}
