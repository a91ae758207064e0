import { BrowserWindow, app, dialog, session, type MessageBoxOptions } from 'electron';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { asSoniError } from '../contracts/errors.ts';
import { pageFiles } from '../web/page.ts';
import { handleScheme, registerScheme } from './appProtocol.ts';
import { toWindow } from './channels.ts';
import { noteCrash, reportCrash, tell } from './crashReports.ts';
import { DeskSupervisor } from './deskSupervisor.ts';
import { answerWindows } from './shellRequests.ts';
import { lockDown, noteOtherCrashes, openWindow } from './window.ts';

/** Files among the arguments of a start: neither options nor the program's own folder. */
const filesOf = (args: readonly string[], folder: string): string[] =>
  args
    .filter((arg) => !arg.startsWith('-') && arg !== '.')
    .map((arg) => resolve(folder, arg))
    .filter((path) => /\.[a-z0-9]+$/i.test(path) && existsSync(path) && !/\.(c|m)?js$/.test(path));

registerScheme();
if (!app.requestSingleInstanceLock()) app.quit();
else start().catch(giveUp);

/** Nothing can be shown without what is missing; nobody is left in front of no window. */
function giveUp(thrown: unknown): void {
  const { message } = asSoniError(thrown);
  noteCrash(`SoniDesk could not start: ${message}`);
  dialog.showErrorBox('SoniDesk could not start', message);
  app.exit(1);
}

/** The engine cannot open the songs. Resolves when the user says that it may try again, which may be never. */
async function askAgain(message: string): Promise<void> {
  const question: MessageBoxOptions = {
    type: 'warning',
    message: 'SoniDesk cannot open your songs.',
    detail: message,
    buttons: ['Try again', 'Quit'],
    defaultId: 0,
    cancelId: 1,
  };
  const [window] = BrowserWindow.getAllWindows();
  const asked =
    window === undefined ? dialog.showMessageBox(question) : dialog.showMessageBox(window, question);
  if ((await asked).response === 0) return;
  app.quit();
  await new Promise(() => undefined);
}

async function start(): Promise<void> {
  let given = filesOf(process.argv.slice(1), process.cwd());
  const offer = (files: readonly string[]) => {
    given.push(...files);
    const [window] = BrowserWindow.getAllWindows();
    if (given.length === 0 || window === undefined) return;
    window.webContents.send(toWindow.openFiles, given);
    given = [];
    window.show();
  };
  // Finder hands files over by an event, other systems by a second start.
  app.on('open-file', (event, path) => {
    event.preventDefault();
    offer([path]);
  });
  app.on('second-instance', (_event, args, folder) => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
    offer(filesOf(args.slice(1), folder));
  });
  // Root in a container has no sandbox and says so by this switch; nobody else is without it.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  await app.whenReady();
  lockDown(session.defaultSession);
  noteOtherCrashes();
  const endWithoutWindow = () => {
    // On macOS programs live without a window; elsewhere it ends with the last one, or with the last job after it.
    if (process.platform !== 'darwin' && BrowserWindow.getAllWindows().length === 0) app.quit();
  };
  const desk = new DeskSupervisor(reportCrash, askAgain, endWithoutWindow);
  handleScheme(session.defaultSession, {
    page: await pageFiles(),
    mediumFile: (id) => desk.mediumFile(id),
  });
  answerWindows({
    desk,
    takeFiles: () => {
      const files = given;
      given = [];
      return files;
    },
  });
  openWindow();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) openWindow();
  });
  app.on('window-all-closed', () => {
    if (desk.busy) tell('The jobs go on. Start SoniDesk again to see them.');
    else endWithoutWindow();
  });
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void desk.close().finally(() => {
      closed = true;
      app.quit();
    });
  });
}
