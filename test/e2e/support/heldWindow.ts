import type { Page } from 'playwright-core';

/** A window for which time stands still. */
export interface Hold {
  /** Lets it have everything that was kept from it, and what comes. */
  release(): void;
}

/**
 * Before the page is opened: keeps from the window the first message that matches, and all that follow, until they
 * are released. So a state that is over in a moment can be looked at for as long as a test likes.
 */
export async function holdBefore(page: Page, matches: RegExp): Promise<Hold> {
  const kept: (() => void)[] = [];
  let state: 'open' | 'holding' | 'released' = 'open';
  await page.routeWebSocket(/\/rpc/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => {
      if (state === 'open' && matches.test(String(message))) state = 'holding';
      if (state === 'holding') kept.push(() => socket.send(message));
      else socket.send(message);
    });
  });
  return {
    release() {
      state = 'released';
      for (const send of kept.splice(0)) send();
    },
  };
}
