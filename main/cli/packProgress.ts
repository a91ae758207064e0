import type { PackProgress } from '../inference/packs/sources/material.ts';

const verbs: Readonly<Record<PackProgress['step'], string>> = {
  download: 'Downloading',
  unpack: 'Unpacking',
  convert: 'Converting',
  verify: 'Checking',
};

/** "Downloading HTDemucs, 12 of 174 MB". */
export function packProgressLabel(name: string, { step, done, total }: PackProgress): string {
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  const amount =
    step !== 'download'
      ? ''
      : total === null
        ? `, ${megabytes(done)} MB`
        : `, ${megabytes(done)} of ${megabytes(total)} MB`;
  return `${verbs[step]} ${name}${amount}`;
}
