/** Whether a path (from the project's root, with a leading slash) belongs into the packaged app. */
export function appFiles(path: string): boolean;
