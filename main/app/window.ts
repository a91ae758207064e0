import { BrowserWindow, app, nativeTheme, type Session } from 'electron';
import { fileURLToPath } from 'node:url';
import { appOrigin } from './appProtocol.ts';

const preload = fileURLToPath(new URL('./preload.cjs', import.meta.url));

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
  void window.loadURL(`${appOrigin}/`);
  return window;
}

/** Nothing leaves our own page: no navigation, no further windows, no permissions, no connections elsewhere. */
export function lockDown(session: Session): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
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
  session.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !/^(app|blob|data|devtools):/.test(url) }),
  );
}
