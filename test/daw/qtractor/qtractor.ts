import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sampleRate } from '../support/material.ts';
import { pluginIds, type Sandbox } from '../support/sandbox.ts';
import type { Jack } from './jack.ts';

/** How Qtractor names our plugin in its session. Debian's build has no VST3. */
const pluginFiles = {
  LV2: () => pluginIds.LV2,
  CLAP: (sandbox: Sandbox) => sandbox.path('home', '.clap', 'SoniDesk.clap'),
} as const;
export type QtractorFormat = keyof typeof pluginFiles;

const plugin = (format: QtractorFormat, sandbox: Sandbox) => `
    <plugin type="${format}">
     <filename>${pluginFiles[format](sandbox)}</filename>
     <index>0</index>
     <label>SoniDesk</label>
     <activated>1</activated>
    </plugin>`;

/**
 * Clips up to this length Qtractor keeps in memory. Longer ones a thread of its own reads while they play: when that comes too late,
 * Qtractor plays what it missed afterwards, and everything behind it is late.
 */
export const clipFrames = 5 * sampleRate;
/** Qtractor fades at both ends of a clip: in over this, out over the block in which it ends. */
export const fadeFrames = 32;

const clip = (wave: string, frames: number, start: number) => `
    <clip name="song">
     <properties><start>${start}</start><offset>${start}</offset><length>${Math.min(clipFrames, frames - start)}</length></properties>
     <audio-clip><filename>${wave}</filename></audio-clip>
    </clip>`;

/** A session with one track: a file from frame 0 on in clips, and our plugin twice in a row, so that the second hears the first. */
export async function writeSession(
  sandbox: Sandbox,
  format: QtractorFormat,
  wave: string,
  frames: number,
): Promise<string> {
  const file = sandbox.path(`${format}.qtr`);
  const starts = Array.from({ length: Math.ceil(frames / clipFrames) }, (_, index) => index * clipFrames);
  await writeFile(
    file,
    `<!DOCTYPE qtractor-session>
<session name="${format}" version="0.9.31">
 <properties>
  <directory>${sandbox.folder}</directory>
  <sample-rate>${sampleRate}</sample-rate>
  <tempo>120</tempo>
  <ticks-per-beat>960</ticks-per-beat>
  <beats-per-bar>4</beats-per-bar>
  <beat-divisor>2</beat-divisor>
 </properties>
 <files><audio-list><file name="song">${wave}</file></audio-list><midi-list/></files>
 <tracks>
  <track name="Song" type="audio">
   <properties><input-bus>Master</input-bus><output-bus>Master</output-bus></properties>
   <state><mute>0</mute><solo>0</solo><record>0</record><monitor>0</monitor><gain>1</gain><panning>0</panning></state>
   <clips>${starts.map((start) => clip(wave, frames, start)).join('')}
   </clips>
   <plugins>${plugin(format, sandbox)}${plugin(format, sandbox)}
   </plugins>
  </track>
 </tracks>
</session>
`,
  );
  return file;
}

/** Qtractor without a window on a JACK server of ours. */
export class Qtractor implements AsyncDisposable {
  private constructor(private readonly process: ChildProcess) {}

  static start(sandbox: Sandbox, jack: Jack, session: string): Qtractor {
    const stub = sandbox.path('noSequencer.so');
    const source = fileURLToPath(new URL('noSequencer.c', import.meta.url));
    const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-o', stub, source], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`The sequencer stub does not compile: ${stderr}`);
    const child = spawn('qtractor', [session], {
      env: { ...sandbox.environment, ...jack.environment, QT_QPA_PLATFORM: 'offscreen', LD_PRELOAD: stub },
      stdio: 'ignore',
    });
    return new Qtractor(child);
  }

  /** Asked politely it would open a dialog that nobody sees. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}
