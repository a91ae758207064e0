import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Superclock ticks per second: how Ardour 7 counts audio time ("a" + ticks). */
const superclock = 282_240_000;

/** A stereo WAV file to put on a track. */
export interface Clip {
  readonly track: string;
  readonly file: string;
  readonly frames: number;
  /** Where it starts on the timeline, in frames. */
  readonly start: number;
}

const element = (name: string, attributes: Readonly<Record<string, string | number>>) =>
  `<${name} ${Object.entries(attributes)
    .map(([key, value]) => `${key}="${String(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`)
    .join(' ')}/>`;

/** What every region says besides its name and place: no fades, no gain, nothing special. */
const plain = {
  type: 'audio',
  start: 'a0',
  channels: 2,
  muted: 0,
  opaque: 1,
  locked: 0,
  automatic: 0,
  import: 0,
  external: 1,
  hidden: 0,
  'video-locked': 0,
  'position-locked': 0,
  'sync-marked': 0,
  'left-of-split': 0,
  'right-of-split': 0,
  'valid-transients': 0,
  'envelope-active': 0,
  'default-fade-in': 0,
  'default-fade-out': 0,
  'fade-in-active': 0,
  'fade-out-active': 0,
  'scale-amplitude': 1,
  stretch: 1,
  shift: 1,
  tags: '',
  contents: 0,
  'layering-index': 0,
  'first-edit': 'nothing',
  'sync-position': 'a0',
  'ancestral-start': 'a0',
  'ancestral-length': 'a0@a0',
};

/**
 * Puts clips on the empty tracks of a closed, new session and sets the session's range, which exports need. Ardour's
 * scripts cannot import files without a window; its session file says the same in plain XML.
 */
export async function addClips(folder: string, name: string, clips: readonly Clip[], sampleRate: number) {
  const file = join(folder, `${name}.ardour`);
  const ticks = (frames: number) => (frames * superclock) / sampleRate;
  let text = await readFile(file, 'utf8');
  let id = Number(/id-counter="(\d+)"/.exec(text)![1]);
  const inside = join(folder, 'interchange');
  const [project] = await readdir(inside);
  const sources: string[] = [];
  const regions: string[] = [];
  let end = 0;
  for (const clip of clips) {
    const wave = basename(clip.file);
    await copyFile(clip.file, join(inside, project!, 'audiofiles', wave));
    const channels = [++id, ++id];
    channels.forEach((source, channel) =>
      sources.push(
        element('Source', { name: wave, type: 'audio', flags: '', id: source, channel, origin: '', gain: 1 }),
      ),
    );
    const region = (whole: 0 | 1, start: number) =>
      element('Region', {
        ...plain,
        id: ++id,
        name: wave,
        length: `a${ticks(clip.frames)}@a${ticks(start)}`,
        'whole-file': whole,
        'source-0': channels[0]!,
        'source-1': channels[1]!,
        'master-source-0': channels[0]!,
        'master-source-1': channels[1]!,
      });
    regions.push(region(1, 0));
    let found = false;
    text = text.replace(/<Playlist ([^>]*)\/>/g, (whole, attributes: string) => {
      if (!attributes.includes(`name="${clip.track}"`)) return whole;
      found = true;
      return `<Playlist ${attributes}>${region(0, clip.start)}</Playlist>`;
    });
    if (!found) throw new Error(`${file} has no empty playlist for "${clip.track}".`);
    end = Math.max(end, clip.start + clip.frames);
  }
  const range = element('Location', {
    id: ++id,
    name: 'session',
    start: 'a0',
    end: `a${ticks(end)}`,
    flags: 'IsSessionRange',
    locked: 0,
    timestamp: 0,
    cue: 0,
  });
  text = text
    .replace('<Sources/>', `<Sources>${sources.join('')}</Sources>`)
    .replace('<Regions/>', `<Regions>${regions.join('')}</Regions>`)
    .replace('<Locations/>', `<Locations>${range}</Locations>`)
    .replace(/id-counter="\d+"/, `id-counter="${id + 1}"`);
  await writeFile(file, text);
}
