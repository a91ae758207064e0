import { BrowserWindow, Notification, app, dialog, ipcMain, nativeImage, shell } from 'electron';
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron';
import { stat } from 'node:fs/promises';
import type { z } from 'zod';
import { SoniError } from '../contracts/errors.ts';
import { appOrigin } from './appProtocol.ts';
import { messages, requests, toWindow } from './channels.ts';
import type { DeskSupervisor } from './deskSupervisor.ts';

const audioEndings = [
  'wav',
  'wave',
  'rf64',
  'bwf',
  'flac',
  'mp3',
  'm4a',
  'aac',
  'ogg',
  'oga',
  'opus',
  'aif',
  'aiff',
];

/** A transparent pixel: what is dragged has no picture of its own. */
const dragIcon =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAYAAADgdz34AAAAQElEQVR42u3UMREAMAgAsboH6UipDk7gBzL8/tk1EhGXBPjjAf4bIPWNAACN5QMASAAAMAAAKIAAABAAAAAA0AFrAC4zyxEwlx2JAAAAAElFTkSuQmCC';

/** The window that a message comes from, when it is our page in its main frame; anybody else is not heard. */
function senderOf(event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow | null {
  const frame = event.senderFrame;
  if (frame === null || frame.parent !== null || !frame.url.startsWith(`${appOrigin}/`)) return null;
  return BrowserWindow.fromWebContents(event.sender);
}

type Arguments<Schema extends z.ZodType> =
  z.output<Schema> extends readonly unknown[] ? z.output<Schema> : never;

function onRequest<Name extends keyof typeof requests>(
  name: Name,
  handler: (window: BrowserWindow, ...args: Arguments<(typeof requests)[Name]>) => unknown,
): void {
  ipcMain.handle(name, (event, ...raw: unknown[]) => {
    const window = senderOf(event);
    if (window === null) throw new SoniError('denied', 'This page may not ask the shell.');
    return handler(window, ...(requests[name].parse(raw) as Arguments<(typeof requests)[Name]>));
  });
}

function onMessage<Name extends keyof typeof messages>(
  name: Name,
  handler: (window: BrowserWindow, ...args: Arguments<(typeof messages)[Name]>) => void,
): void {
  ipcMain.on(name, (event, ...raw: unknown[]) => {
    const window = senderOf(event);
    const parsed = messages[name].safeParse(raw);
    if (window !== null && parsed.success)
      handler(window, ...(parsed.data as Arguments<(typeof messages)[Name]>));
  });
}

interface ShellState {
  readonly desk: DeskSupervisor;
  /** Files given to the program that no window has taken yet. */
  readonly takeFiles: () => readonly string[];
}

/** Answers what the preload script may ask; see `Shell`. */
export function answerWindows({ desk, takeFiles }: ShellState): void {
  onMessage('connect', (window) => window.webContents.postMessage(toWindow.port, null, [desk.connect()]));
  onMessage('ready', (window) => {
    const files = takeFiles();
    if (files.length > 0) window.webContents.send(toWindow.openFiles, files);
  });
  onMessage('show-progress', (window, fraction) => window.setProgressBar(fraction ?? -1));
  onMessage('notify', (window, title, body) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    notification.on('click', () => window.show());
    notification.show();
  });
  onMessage('drag-out', (window, file) =>
    window.webContents.startDrag({ file, icon: nativeImage.createFromDataURL(dragIcon) }),
  );
  onRequest('choose-files', async (window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      properties: ['openFile', 'multiSelections'],
      filters: [{ name: 'Audio', extensions: audioEndings }],
    });
    return filePaths;
  });
  onRequest('choose-folder', async (window) => {
    const { filePaths } = await dialog.showOpenDialog(window, {
      properties: ['openDirectory', 'createDirectory'],
      defaultPath: app.getPath('music'),
    });
    return filePaths[0] ?? null;
  });
  onRequest('show-file', async (_window, path) => {
    // Shown, never opened: a page cannot start a program this way.
    if ((await stat(path).catch(() => null)) !== null) shell.showItemInFolder(path);
  });
}
