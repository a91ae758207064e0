import { dirname, join } from 'node:path';
import type { Directories } from '../platform/directories.ts';

/** Where songs and what was made of them are kept, each in a folder of its own: beside the installed packs. */
export const songsDirectory = ({ packs }: Directories): string => join(dirname(packs), 'songs');

/** What is known of a song, in its folder. */
export const songRecordName = 'song.json';
