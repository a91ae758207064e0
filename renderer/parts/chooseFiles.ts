import { shell } from '../connection.ts';
import { actions } from '../state/actions.ts';

export const audioEndings = '.wav,.wave,.rf64,.bwf,.flac,.mp3,.m4a,.aac,.ogg,.oga,.opus,.aif,.aiff';

/** The system's dialog, or the browser's. */
export async function chooseFiles(together: boolean): Promise<void> {
  if (shell !== null) {
    await actions.openPaths(await shell.chooseFiles(), together);
    return;
  }
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = audioEndings;
  input.addEventListener('change', () => void actions.openFiles([...(input.files ?? [])], together));
  input.click();
}
