import { contextBridge, ipcRenderer, webFrame, webUtils } from 'electron';
import { deskPortMessage, type Shell } from '../contracts/shell.ts';

// The names of main/app/channels.ts; this file must stay free of what it imports, it runs in the sandbox.
/** The part of the DOM that is used; the other files of this folder run without one. */
const page = globalThis as unknown as {
  readonly location: { readonly origin: string };
  postMessage(message: string, origin: string, ports: readonly unknown[]): void;
};

// Only our own page gets the port: the message goes to this window, for the page's own origin.
ipcRenderer.on('desk-port', (event) => page.postMessage(deskPortMessage, page.location.origin, event.ports));

const shell: Shell = {
  platform: process.platform,
  connect: () => ipcRenderer.send('connect'),
  pathOf: (file) => webUtils.getPathForFile(file),
  chooseFiles: () => ipcRenderer.invoke('choose-files') as Promise<string[]>,
  chooseFolder: () => ipcRenderer.invoke('choose-folder') as Promise<string | null>,
  showFile: (path) => ipcRenderer.invoke('show-file', path) as Promise<void>,
  dragOut: (path) => ipcRenderer.send('drag-out', path),
  showProgress: (fraction) => ipcRenderer.send('show-progress', fraction),
  notify: (title, body) => ipcRenderer.send('notify', title, body),
  setScale: (factor) => webFrame.setZoomFactor(Math.min(2, Math.max(1, factor))),
  onOpenFiles: (listener) => {
    ipcRenderer.on('open-files', (_event, paths: string[]) => listener(paths));
    ipcRenderer.send('ready');
  },
};

contextBridge.exposeInMainWorld('sonidesk', Object.freeze(shell));
