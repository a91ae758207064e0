import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectControl } from '../../plugin-bridge/server/control/controlSocket.ts';
import { ServingCli } from '../support/servingCli.ts';
import { SimulatedPlugin } from '../support/simulatedPlugin.ts';
import { toneAt } from '../support/servedBridge.ts';
import { tone, wave } from './waveFiles.ts';

let home: string;
let serving: ServingCli;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sonidesk-jobs-'));
  serving = await ServingCli.start(home, join(home, 'session'));
});
afterEach(async () => {
  await serving.end('SIGKILL');
  await rm(home, { recursive: true });
});

it('does engine jobs for who is connected to "sonidesk serve", of files and of what plugins captured', async () => {
  const client = await connectControl(serving.endpointFile);
  const plugin = await SimulatedPlugin.connect(serving.endpointFile, { name: 'Bass' });
  for (let at = 0; at < 48_000; at += 1000) plugin.play(48_000 + at, toneAt(at, 1000));
  plugin.stop(96_000);
  await serving.event('take-ended');
  const file = join(home, 'song.wav');
  await writeFile(file, wave(44_100, tone));

  const [song] = await client.call('open', { paths: [file], together: false });
  const captured = await client.call('openTracks', { tracks: ['Bass'] });
  const both = new Set([song, captured]);
  await new Promise<void>((resolve) => {
    const { ended } = client.subscribe('jobs', ({ jobs }) => {
      const done = jobs.filter(({ state, songId }) => state === 'done' && both.has(songId));
      if (done.length === 2) resolve();
    });
    ended.catch(() => undefined);
  });
  const songs = await new Promise<
    { title: string; frames: number | undefined; startFrame: number | undefined }[]
  >((resolve) => {
    const { ended } = client.subscribe('songs', (event) =>
      resolve(
        event.songs.map(({ title, sources, origin }) => ({
          title,
          frames: sources[0]?.medium.frames,
          startFrame: origin?.startFrame,
        })),
      ),
    );
    ended.catch(() => undefined);
  });
  expect(songs.sort((a, b) => (a.title < b.title ? -1 : 1))).toEqual([
    { title: 'Bass', frames: 48_000, startFrame: 48_000 },
    { title: 'song', frames: 44_100, startFrame: undefined },
  ]);
  // The bridge's own calls are there beside them.
  expect((await client.call('tracks', {})).map(({ name }) => name)).toEqual(['Bass']);
  client.close();
  plugin[Symbol.dispose]();
}, 120_000);
