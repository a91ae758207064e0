import { frame } from './en/frame.ts';
import { listening } from './en/listening.ts';
import { mix } from './en/mix.ts';
import { notes } from './en/notes.ts';
import { pages } from './en/pages.ts';
import { studio } from './en/studio.ts';

/** Every text of the window, in English; the other languages have the same shape. */
export const en = { ...frame, studio, ...listening, notes, mix, ...pages };

export type Texts = typeof en;
