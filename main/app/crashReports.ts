import { Notification, app } from 'electron';
import { appendFileSync, mkdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** Some thousand crashes; nobody reads more. */
const longestLogBytes = 512 * 1024;

/** Tells the user of a process that has died, and notes it. */
export function reportCrash(message: string): void {
  noteCrash(message);
  tell(message);
}

/** A line in `crashes.log` of the app's log folder; it stays on this machine. */
export function noteCrash(message: string): void {
  const line = `${new Date().toISOString()} ${message.replaceAll('\n', ' ')}\n`;
  process.stderr.write(line);
  try {
    const folder = app.getPath('logs');
    mkdirSync(folder, { recursive: true });
    const path = join(folder, 'crashes.log');
    appendFileSync(path, line);
    if (statSync(path).size > longestLogBytes) truncateSync(path);
  } catch (thrown) {
    // A full disk must not turn one crash into two.
    process.stderr.write(`${String(thrown)}\n`);
  }
}

/** A message of the system, where it has such. */
export function tell(body: string): void {
  if (Notification.isSupported()) new Notification({ title: 'SoniDesk', body }).show();
}
