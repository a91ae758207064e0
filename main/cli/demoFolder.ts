import { join } from 'node:path';
import { directories } from '../platform/directories.ts';

/** Where the demo song is kept once it has been played. */
export const demoFolder = (): string => join(directories().cache, 'demo-song');
