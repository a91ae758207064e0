import { BrowserWindow, app, dialog, nativeTheme, type Session } from 'electron';
import { fileURLToPath } from 'node:url';
import { appOrigin } from './appProtocol.ts';
import { noteCrash, reportCrash } from './crashReports.ts';

const preload = fileURLToPath(new URL('./preload.cjs', import.meta.url));

/** A page that dies this often in this time is not loaded again unasked. */
const crashLoop = { times: 3, withinMs: 60_000 };

/** The window, as closed as Electron can make it: no Node, a world of its own for the preload script, a sandbox. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 900,
    minHeight: 560,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1014' : '#f1f3f6',
    title: 'SoniDesk',
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
      // Meters and playback must not slow down behind another window.
      backgroundThrottling: false,
      // Playing starts with a key or a click anyway.
      autoplayPolicy: 'no-user-gesture-required',
    },
  });
  window.once('ready-to-show', () => window.show());
  comeBack(window);
  void window.loadURL(`${appOrigin}/`);
  return window;
}

/** Loads the page again when its process has died; the engine has gone on, so everything is there. */
function comeBack(window: BrowserWindow): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < crashLoop.withinMs), now];
    const message = `The window ended unexpectedly (${reason}, code ${exitCode}). Jobs go on.`;
    if (crashes.length < crashLoop.times) {
      reportCrash(`${message} It is opened again.`);
      void window.loadURL(`${appOrigin}/`);
      return;
    }
    reportCrash(message);
    void askToGoOn(window);
  });
}

async function askToGoOn(window: BrowserWindow): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window keeps ending unexpectedly.',
    detail: `Jobs go on meanwhile. What happened is in crashes.log in ${app.getPath('logs')}.`,
    buttons: ['Open again', 'Quit'],
    cancelId: 0,
  });
  if (response === 1) app.quit();
  else void window.loadURL(`${appOrigin}/`);
}

/** Processes that Chromium starts and starts again by itself (graphics, audio, network) are noted; ours tell by themselves. */
export function noteOtherCrashes(): void {
  app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
    if (reason === 'clean-exit' || name?.startsWith('SoniDesk ') === true) return;
    noteCrash(`The process ${name ?? type} ended unexpectedly (${reason}, code ${exitCode}).`);
  });
}

/** Nothing leaves our own page: no navigation, no further windows, no permissions, no connections elsewhere. */
export function lockDown(session: Session): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
  // Copying the doctor's report, and playing notes to a MIDI port (without system-exclusive messages, which can
  // rewrite an instrument): that is all that is ever needed.
  const allowed = (permission: string) => ['clipboard-sanitized-write', 'midi'].includes(permission);
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(allowed(permission)));
  session.setPermissionCheckHandler((_contents, permission) => allowed(permission));
  session.setDevicePermissionHandler(() => false);
  // For the user's language Chromium would fetch a dictionary, which no filter of requests sees.
  session.setSpellCheckerLanguages([]);
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !/^(app|blob|data|devtools):/.test(url) }),
  );
}
