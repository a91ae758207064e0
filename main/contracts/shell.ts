/**
 * What the desktop shell gives its window besides the desk: the one object that the preload script exposes, as
 * `window.sonidesk`. In a browser it is not there.
 */
export interface Shell {
  readonly platform: string;
  /** Asks for a connection to the desk; a `MessagePort` then comes as a message with `deskPortMessage`. */
  connect(): void;
  /** Where a file that was dropped or chosen lies. */
  pathOf(file: File): string;
  /** The system's dialog; empty when the user changed their mind. */
  chooseFiles(): Promise<readonly string[]>;
  /** The system's dialog; `null` when the user changed their mind. */
  chooseFolder(): Promise<string | null>;
  /** Shows a file that was exported in the system's file manager. */
  showFile(path: string): Promise<void>;
  /** Starts dragging a file out of the window. */
  dragOut(path: string): void;
  /** 0 to 1 in the dock or taskbar; `null` takes it away. */
  showProgress(fraction: number | null): void;
  /** A message of the system, when the window is not in front. */
  notify(title: string, body: string): void;
  /** Size of everything in the window: 1 is 100 %. */
  setScale(factor: number): void;
  /** Files that were given to the program, also later by a second start of it. */
  onOpenFiles(listener: (paths: readonly string[]) => void): void;
}

export const deskPortMessage = 'sonidesk:desk-port';
