export const appRoot: string;
export const testElectronVersion: string;
/** The Electron that users get, when its binary has been downloaded; null otherwise. */
export function downloadedElectron(): string | null;
/** The folder with the verified zip of the test build. */
export function testElectronZip(): string;
/** The executable of the verified test build. */
export function testElectron(): Promise<string>;
