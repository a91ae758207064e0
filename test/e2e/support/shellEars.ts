import type { ElectronApplication } from 'playwright-core';

interface Question {
  readonly detail: string;
  readonly buttons: readonly string[];
}

interface Ears {
  readonly questions: { readonly options: Question; answer(answer: { response: number }): void }[];
  answered: number;
  readonly notices: string[];
  readonly progress: number[];
}

/**
 * Loaded by Electron before the app: what is asked and told by the system's own means, which no test can see, is kept, and questions
 * wait for the test's answer.
 */
export const shellEars = `
const { dialog, Notification } = require('electron');
const ears = (globalThis.ears = { questions: [], answered: 0, notices: [], progress: [] });
dialog.showMessageBox = (...given) =>
  new Promise((answer) => ears.questions.push({ options: given.at(-1), answer }));
Notification.isSupported = () => true;
Notification.prototype.show = function () { ears.notices.push(this.title + ': ' + this.body); };
`;

/** What was asked, in order. */
export const questions = (app: ElectronApplication): Promise<Question[]> =>
  app.evaluate(() =>
    (globalThis as unknown as { ears: Ears }).ears.questions.map(({ options: { detail, buttons } }) => ({
      detail,
      buttons,
    })),
  );

/** Presses a button of the oldest question that waits. */
export const answerQuestion = (app: ElectronApplication, response: number): Promise<void> =>
  app.evaluate((_, button) => {
    const { ears } = globalThis as unknown as { ears: Ears };
    ears.questions[ears.answered++]!.answer({ response: button });
  }, response);

/** From now on the bar of the window in the taskbar or dock is kept. */
export const listenToShell = (app: ElectronApplication): Promise<void> =>
  app.evaluate(({ BrowserWindow }) => {
    const { ears } = globalThis as unknown as { ears: Ears };
    BrowserWindow.getAllWindows()[0]!.setProgressBar = (fraction) => void ears.progress.push(fraction);
  });

export const heard = (app: ElectronApplication): Promise<Pick<Ears, 'notices' | 'progress'>> =>
  app.evaluate(() => {
    const { notices, progress } = (globalThis as unknown as { ears: Ears }).ears;
    return { notices, progress };
  });
