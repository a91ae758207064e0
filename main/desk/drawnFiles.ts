import { open } from 'node:fs/promises';
import { parseLayout } from '../audio/wav/wavLayout.ts';
import { SoniError } from '../contracts/errors.ts';
import type { PrepareResult } from '../contracts/workflows.ts';
import type { DrawnFile } from './songRecord.ts';

/** Files that the engine has prepared, with what a player must know to read them by itself. */
export async function drawnFiles({ files }: PrepareResult): Promise<DrawnFile[]> {
  return await Promise.all(files.map(async (file) => ({ ...file, format: await formatOf(file.audio) })));
}

async function formatOf(path: string): Promise<DrawnFile['format']> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const read = async (position: number, length: number) => {
      const bytes = Buffer.alloc(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    };
    const { format, dataStart, frames } = await parseLayout(read, size, path);
    if (format.encoding !== 'float32') {
      throw new SoniError('internal', `${path} holds ${format.encoding}; results are float32.`);
    }
    return { sampleRate: format.sampleRate, channels: format.channels, frames, dataStart };
  } finally {
    await file.close();
  }
}
