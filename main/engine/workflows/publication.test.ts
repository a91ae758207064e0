import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unprivileged } from '../../../test/support/unprivileged.ts';
import { Publication, refuseOverwriting } from './publication.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sonidesk-publish-'));
  await writeFile(at('result.wav'), 'audio');
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

describe('publication', () => {
  it('puts copies and texts in place, over what was there', async () => {
    const publication = new Publication(at('out'));
    await publication.prepare();
    expect(await readdir(at('out'))).toEqual([]);
    await writeFile(at('out/info.json'), 'old');
    publication.copy(at('result.wav'), 'stems/vocals.wav');
    publication.json({ a: 1 }, 'info.json');
    await publication.commit();
    expect(await readFile(at('out/stems/vocals.wav'), 'utf8')).toBe('audio');
    expect(JSON.parse(await readFile(at('out/info.json'), 'utf8'))).toEqual({ a: 1 });
    await writeFile(at('out/stems/vocals.wav'), 'changed by the user');
    expect(await readFile(at('result.wav'), 'utf8')).toBe('audio');
  });

  it('leaves nothing when a part fails or it is cancelled', async () => {
    const failing = new Publication(at('out'));
    failing.copy(at('result.wav'), 'a.wav');
    failing.copy(at('missing.wav'), 'b.wav');
    await expect(failing.commit()).rejects.toMatchObject({ kind: 'not-found' });
    expect(await readdir(at('out'))).toEqual([]);
    const cancelled = new Publication(at('out'));
    cancelled.copy(at('result.wav'), 'a.wav');
    await expect(cancelled.commit(AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await readdir(at('out'))).toEqual([]);
  });

  it('says in plain words that a folder cannot be written', async () => {
    await writeFile(at('file'), '');
    await expect(new Publication(at('file/out')).prepare()).rejects.toMatchObject({
      kind: 'bad-input',
      message: `Cannot make the folder ${at('file/out')}: a part of the path is a file, a folder was expected.`,
    });
    await mkdir(at('locked'));
    await chmod(at('locked'), 0o500);
    const publication = new Publication(at('locked/out'));
    const refused = unprivileged(folder, () => publication.prepare());
    await expect(refused).rejects.toMatchObject({ kind: 'denied' });
  });

  it('does not write over what is read, whatever it is called', async () => {
    await mkdir(at('sub'));
    const input = at('result.wav');
    await expect(refuseOverwriting([input], [at('sub/../result.wav')])).rejects.toMatchObject({
      kind: 'bad-usage',
    });
    await expect(refuseOverwriting([input], [at('other.wav')])).resolves.toBeUndefined();
  });

  it('does not write over a folder, and says so before the work', async () => {
    await mkdir(at('folder.wav'));
    await expect(refuseOverwriting([at('result.wav')], [at('folder.wav')])).rejects.toMatchObject({
      kind: 'bad-usage',
      message: `${at('folder.wav')} is a folder; the name of a file to write was expected.`,
    });
  });
});
