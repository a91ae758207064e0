import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { enginePids, type AppDesk } from './appDesk.ts';

/** What the page of the shell is given; the names of the one object in main/contracts/shell.ts. */
const shellNames = [
  'chooseFiles',
  'chooseFolder',
  'connect',
  'dragOut',
  'notify',
  'onOpenFiles',
  'pathOf',
  'platform',
  'setScale',
  'showFile',
  'showProgress',
];

interface Remembering {
  media: string[];
}

/** To be called before anything is played: keeps the addresses that the page asks for. (It has no timings of `app://`.) */
export const rememberMedia = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const media: string[] = [];
    (globalThis as unknown as Remembering).media = media;
    const own = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      const address = input instanceof Request ? input.url : String(input);
      if (address.includes('/media/')) media.push(address);
      return own(input, init);
    };
  });

/** Electron's security checklist, point by point, on an app that shows a song. */
export function electronChecklist(desk: () => AppDesk): void {
  it('gives its page one frozen object and nothing of Node', async () => {
    const seen = await desk().page.evaluate(() => {
      const world = globalThis as unknown as Record<string, unknown>;
      const shell = world['sonidesk'] as Record<string, unknown>;
      const before = shell['pathOf'];
      try {
        shell['pathOf'] = null;
      } catch {
        // Strict code is told; either way nothing may have changed.
      }
      return {
        node: ['require', 'process', 'Buffer', 'module', 'electron', 'ipcRenderer'].filter(
          (name) => name in world,
        ),
        frozen: Object.isFrozen(shell) && (world['sonidesk'] as typeof shell)['pathOf'] === before,
        names: Object.keys(shell).sort(),
      };
    });
    expect(seen.node).toEqual([]);
    expect(seen.frozen).toBe(true);
    expect(seen.names).toEqual(shellNames);
    // A page that waits for an answer stands still until it comes.
    expect(readFileSync('main/app/preload.ts', 'utf8')).not.toContain('sendSync');
  });

  it('runs its page in a sandbox, in a world of its own, without any loosened setting', async () => {
    const preferences = await desk().app.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return contents.getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    });
    const loosening = [
      'nodeIntegrationInWorker',
      'nodeIntegrationInSubFrames',
      'webviewTag',
      'allowRunningInsecureContent',
      'experimentalFeatures',
      'enableBlinkFeatures',
      'offscreen',
    ];
    expect(loosening.filter((name) => Boolean(preferences[name]))).toEqual([]);
  });

  it('hands out its own page and media only: by GET, in ranges, under a strict policy', async () => {
    const { page } = desk();
    // The song has been played; `rememberMedia` has kept the names.
    const media = await page.evaluate(() => [...(globalThis as unknown as Remembering).media]);
    const answers = await page.evaluate(async (candidates) => {
      const ask = async (path: string, init?: RequestInit) => {
        try {
          const answer = await fetch(path, init);
          return {
            status: answer.status,
            policy: answer.headers.get('content-security-policy'),
            range: answer.headers.get('content-range'),
            bytes: (await answer.arrayBuffer()).byteLength,
          };
        } catch {
          return { status: 0, policy: null, range: null, bytes: 0 };
        }
      };
      // Names that a former engine gave are nobody's any more.
      let medium = '';
      for (const path of candidates) {
        if ((await ask(path, { headers: { range: 'bytes=0-0' } })).status !== 206) continue;
        medium = path;
        break;
      }
      const part = (range: string) => ask(medium, { headers: { range } });
      return {
        page: await ask('/'),
        refused: [
          await ask('/package.json'),
          await ask('/%2e%2e/%2e%2e/package.json'),
          await ask('/..%5c..%5cpackage.json'),
          await ask('/media/..%2f..%2f..%2fetc%2fpasswd'),
          await ask('/media/00000000'),
        ],
        methods: [
          await ask('/', { method: 'POST' }),
          await ask(medium, { method: 'PUT' }),
          await ask(medium, { method: 'DELETE' }),
        ],
        part: await part('bytes=8-11'),
        last: await part('bytes=-4'),
        beyond: await part('bytes=999999999999-'),
        outside: [
          await ask('https://example.com/'),
          await ask('http://127.0.0.1:1/'),
          await ask('file:///etc/passwd'),
          await ask('app://other/'),
        ],
      };
    }, media.toReversed());
    expect(answers.page.status).toBe(200);
    expect(answers.page.policy).toContain("default-src 'none'");
    expect(answers.page.policy).not.toMatch(/unsafe|\*/);
    expect(answers.refused.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect(answers.methods.map(({ status }) => status)).toEqual([405, 405, 405]);
    expect(answers.part).toMatchObject({
      status: 206,
      bytes: 4,
      range: expect.stringMatching(/^bytes 8-11\//),
    });
    expect(answers.last).toMatchObject({ status: 206, bytes: 4 });
    expect(answers.beyond.status).toBe(416);
    expect(answers.outside.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
  });

  it('answers for its exact host only, and its session reaches nothing else', async () => {
    // From the shell itself, where no policy of a page stands before the protocol.
    const statuses = await desk().app.evaluate(async ({ session }) => {
      const ask = (url: string) =>
        session.defaultSession.fetch(url).then(
          ({ status }) => status,
          () => 0,
        );
      return await Promise.all(
        [
          'app://sonidesk/',
          'app://other/',
          'app://sonidesk.example/',
          'https://example.com/',
          'http://127.0.0.1:1/',
        ].map(ask),
      );
    });
    expect(statuses).toEqual([200, 404, 404, 0, 0]);
  });

  it('runs no code but its own', async () => {
    const ran = await desk().page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = true';
      document.head.append(script);
      const frame = document.createElement('iframe');
      frame.srcdoc = '<p>A page in the page.</p>';
      document.body.append(frame);
      // Later, as what a debugger calls may do what the page may not.
      const evaluated = await new Promise<boolean>((resolve) => {
        setTimeout(() => {
          try {
            resolve((Reflect.construct(Function, ['return true']) as () => boolean)());
          } catch {
            resolve(false);
          }
        });
      });
      const result = { injected: 'injected' in globalThis, evaluated };
      script.remove();
      frame.remove();
      return result;
    });
    expect(ran).toEqual({ injected: false, evaluated: false });
  });

  it('goes nowhere else, opens no windows and grants no permissions', async () => {
    const { app, page } = desk();
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    await page.evaluate(() => window.open('https://example.com/'));
    await page.evaluate(() => window.open('app://sonidesk/'));
    const microphone = await page.evaluate(() =>
      navigator.mediaDevices.getUserMedia({ audio: true }).then(
        () => 'granted',
        (error: Error) => error.name,
      ),
    );
    expect(microphone).not.toBe('granted');
    const states = await page.evaluate(async () => {
      const state = async (descriptor: object) =>
        (await navigator.permissions.query(descriptor as PermissionDescriptor)).state;
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'];
      return {
        others: await Promise.all(names.map((name) => state({ name }))),
        // Notes may go to a MIDI port; system-exclusive messages, which can rewrite an instrument, may not.
        notes: await state({ name: 'midi', sysex: false }),
        exclusive: await state({ name: 'midi', sysex: true }),
      };
    });
    expect(states.others).not.toContain('granted');
    expect([states.notes, states.exclusive]).toEqual(['granted', 'denied']);
    expect(page.url()).toBe('app://sonidesk/');
    expect(app.windows()).toHaveLength(1);
  });

  it('does not hear messages that are not as agreed, or of a page that is not its own', async () => {
    const { app, page } = desk();
    const before = await enginePids(app);
    const bars = await app.evaluateHandle(({ BrowserWindow }) => {
      const heard: number[] = [];
      BrowserWindow.getAllWindows()[0]!.setProgressBar = (fraction) => void heard.push(fraction);
      return heard;
    });
    const answers = await page.evaluate(async () => {
      const { sonidesk } = globalThis as unknown as { sonidesk: Record<string, (value: unknown) => unknown> };
      for (const wrong of ['much', 1.5, undefined, { fraction: 1 }]) sonidesk['showProgress']!(wrong);
      const ask = async (path: unknown) => {
        try {
          await sonidesk['showFile']!(path);
          return 'heard';
        } catch {
          return 'refused';
        }
      };
      const files = [await ask(1), await ask(''), await ask('/'.repeat(5000))];
      sonidesk['showProgress']!(0.5);
      return files;
    });
    expect(answers).toEqual(['refused', 'refused', 'refused']);
    // In order: had a wrong one been heard, it would stand before.
    await expect.poll(() => bars.jsonValue(), { timeout: 60_000 }).toEqual([0.5]);

    const stranger = await app.evaluate(async ({ app: electron, BrowserWindow }) => {
      const preload = `${electron.getAppPath()}/dist/preload.cjs`;
      const window = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      try {
        await window.loadURL('data:text/html,<p>Not the page of the app.</p>');
        return (await window.webContents.executeJavaScript(`(async () => {
          let ports = 0;
          addEventListener('message', () => ports++);
          sonidesk.connect();
          const answer = await sonidesk.chooseFiles().then(() => 'heard', (error) => error.message);
          return { ports, answer };
        })()`)) as { ports: number; answer: string };
      } finally {
        window.destroy();
      }
    });
    expect(stranger.ports).toBe(0);
    expect(stranger.answer).toContain('may not ask the shell');
    expect(await enginePids(app)).toEqual(before);
  });
}
