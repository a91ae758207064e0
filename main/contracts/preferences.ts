import { z } from 'zod';

const values = z.object({
  theme: z.enum(['system', 'dark', 'light']),
  contrast: z.enum(['system', 'more']),
  motion: z.enum(['system', 'less']),
  language: z.enum(['system', 'en', 'de']),
  /** Size of everything in the window: 1 is 100 %. */
  scale: z.number().min(1).max(2),
  /** The system says when a job ends while the window is not in front. */
  notifications: z.boolean(),
  /** Analyses hear with SoniDo's features, or do without them. */
  features: z.boolean(),
  tourSeen: z.boolean(),
});
export type Preferences = z.infer<typeof values>;

export const usualPreferences: Preferences = {
  theme: 'system',
  contrast: 'system',
  motion: 'system',
  language: 'system',
  scale: 1,
  notifications: true,
  features: true,
  tourSeen: false,
};

/** Some of them, to be changed. */
export const preferencesChange = values.partial();
export type PreferencesChange = z.infer<typeof preferencesChange>;

const { shape } = values;

/** What a user has set. A value that cannot be read is the usual one, so that a file of another version does no harm. */
export const preferences = z.object({
  theme: shape.theme.catch(usualPreferences.theme),
  contrast: shape.contrast.catch(usualPreferences.contrast),
  motion: shape.motion.catch(usualPreferences.motion),
  language: shape.language.catch(usualPreferences.language),
  scale: shape.scale.catch(usualPreferences.scale),
  notifications: shape.notifications.catch(usualPreferences.notifications),
  features: shape.features.catch(usualPreferences.features),
  tourSeen: shape.tourSeen.catch(usualPreferences.tourSeen),
});
