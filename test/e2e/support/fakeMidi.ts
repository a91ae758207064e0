import type { Page } from 'playwright-core';

interface Message {
  readonly bytes: readonly number[];
  /** When it is due, in milliseconds of the page's clock. */
  readonly at: number;
}

interface Keeper {
  sent: Message[];
}

/** Before the page is opened: a machine with one MIDI port, "Test Synth", that keeps what is sent to it. */
export async function fakeMidi(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const keeper = globalThis as unknown as Keeper;
    keeper.sent = [];
    const output = {
      id: 'test-synth',
      name: 'Test Synth',
      send: (bytes: number[], at = performance.now()) => void keeper.sent.push({ bytes: [...bytes], at }),
      clear: () => undefined,
    };
    const access = Object.assign(new EventTarget(), { outputs: new Map([[output.id, output]]) });
    Object.assign(navigator, { requestMIDIAccess: () => Promise.resolve(access) });
  });
}

export const sentMessages = (page: Page): Promise<readonly Message[]> =>
  page.evaluate(() => (globalThis as unknown as Keeper).sent);
