import { frame } from './de/frame.ts';
import { listening } from './de/listening.ts';
import { mix } from './de/mix.ts';
import { notes } from './de/notes.ts';
import { pages } from './de/pages.ts';
import { studio } from './de/studio.ts';
import type { Texts } from './en.ts';

export const de: Texts = { ...frame, studio, ...listening, notes, mix, ...pages };
