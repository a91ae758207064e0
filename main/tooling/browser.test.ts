import { expect, it } from 'vitest';
import { openWindow } from './browser.mjs';

it('tells what a server said that ended before it served', async () => {
  await expect(openWindow(['--port', 'none'])).rejects.toThrow(/ended with 2: .*port/s);
});
