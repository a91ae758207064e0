import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Planar } from '../../../main/audio/audioStream.ts';
import type { BridgeEvent } from '../../../main/contracts/bridge.ts';
import { asSoniError, type SoniError } from '../../../main/contracts/errors.ts';
import type { Take, Track } from '../../../main/contracts/session.ts';
import type { Samples } from '../../../main/contracts/units.ts';
import type { Session } from '../../../main/engine/session/session.ts';
import type { AudioBlock } from '../../protocol/audioBlock.ts';
import type { CaptureMemory } from './captureMemory.ts';
import { Outline } from './outline.ts';
import { PassCutter, type BlockPlace, type PassSink } from './passCutter.ts';
import { TakeFile } from './takeFile.ts';
import { takeName } from './takeName.ts';
import { TempoTrail } from './tempoTrail.ts';

/** Without audio for so long the take on disk is brought up to date: the transport has probably stopped. */
const settleMs = 250;
/** Without audio for so long the take is ended; the next block then begins another. */
const endAfterMs = 10_000;

export interface RecorderFormat {
  readonly sampleRate: number;
  readonly channels: number;
}

export interface RecorderOwner {
  readonly session: Session;
  readonly memory: CaptureMemory;
  track(): Track;
  emit(event: BridgeEvent): void;
  /** The disk is full, or no longer. */
  trouble(error: SoniError): void;
  recovered(): void;
  /** Less waits to be written: reading may go on. Null when the sender cannot be held back. */
  readonly drained: (() => void) | null;
}

interface OpenTake {
  readonly file: TakeFile;
  readonly tempo: TempoTrail;
  readonly outline: Outline;
  row: Take;
  gaps: { start: Samples; frames: Samples }[];
  /** The row has something that the session does not have yet. */
  changed: boolean;
}

/** Records what one plugin instance captures: files of takes, and their rows in the session. */
export class TrackRecorder implements PassSink {
  #cutter: PassCutter;
  #format: RecorderFormat;
  #take: OpenTake | undefined;
  readonly #ending = new Map<OpenTake, Promise<void>>();
  #block: Planar = [];
  #musical: AudioBlock['musical'] = null;
  #blockHost = 0;
  #lastAudio = 0;
  #settled = true;
  #toDisk = false;
  /** The program ends: nothing is waited for any more. */
  #hurried = false;
  #number: number;
  #started: number;

  constructor(
    private readonly owner: RecorderOwner,
    format: RecorderFormat,
  ) {
    this.#format = format;
    this.#cutter = new PassCutter(this, format.sampleRate);
    const takes = owner.session.tracks.takes(owner.track().id);
    this.#number = takes.length;
    this.#started = Math.max(0, ...takes.map(({ started }) => started));
  }

  /** The take being recorded. */
  get recording(): string | null {
    return this.#take?.row.id ?? null;
  }

  get recordedFrames(): Samples {
    return this.#take?.file.frames ?? 0;
  }

  /** How it looks so far. */
  get outline(): Outline | null {
    return this.#take?.outline ?? null;
  }

  /** Milliseconds since audio came. */
  get idleMs(): number {
    return performance.now() - this.#lastAudio;
  }

  /** Resolves when all takes can be read from their files as far as they are now. */
  async settled(): Promise<void> {
    // A sync that runs already may have begun before the last frames came.
    await this.#take?.file.sync();
    await this.#take?.file.sync();
    await Promise.all(this.#ending.values());
  }

  /** More waits for the disk than may be held: the sender has to wait. */
  get congested(): boolean {
    // What a full disk holds up is no reason to wait: that may take long, and the plugin would give up.
    return this.#take?.file.failing !== true && this.owner.memory.isFull(this.#pending);
  }

  get #pending(): number {
    let pending = this.#take?.file.pendingBytes ?? 0;
    for (const { file } of this.#ending.keys()) pending += file.pendingBytes;
    return pending;
  }

  /** What comes from now on has another rate or other channels: the open take ends. */
  reformat(format: RecorderFormat): void {
    if (format.sampleRate === this.#format.sampleRate && format.channels === this.#format.channels) return;
    this.stop();
    this.#format = format;
    this.#cutter = new PassCutter(this, format.sampleRate);
  }

  block(block: Pick<AudioBlock, 'audio' | 'playing' | 'musical'>, place: BlockPlace): void {
    if (!block.playing) {
      this.stop();
      return;
    }
    this.#block = block.audio;
    this.#musical = block.musical;
    this.#blockHost = place.hostFrame;
    this.#lastAudio = performance.now();
    this.#settled = false;
    this.#cutter.block(place);
  }

  gap(place: BlockPlace): void {
    this.#cutter.gap(place);
  }

  /** The transport stopped or the plugin is gone: the take is complete. */
  stop(): void {
    this.#cutter.stop();
  }

  /** To be called every 400 ms: hands what came meanwhile to the system, every second time to the disk itself. */
  tick(): void {
    const take = this.#take;
    if (take === undefined) return;
    const idle = this.idleMs;
    if (idle > endAfterMs && !take.file.failing) {
      this.stop();
      return;
    }
    this.#toDisk = !this.#toDisk;
    const settling = idle > settleMs;
    if (!this.#settled && (this.#toDisk || settling)) void take.file.sync();
    else if (!this.#settled) take.file.flush();
    this.#settled = settling;
    if (take.changed) this.#note(take);
  }

  /** Ends what is open and waits until it is on disk. With `giveUp` a full disk is not waited for. */
  async close(giveUp: boolean): Promise<void> {
    this.#hurried = giveUp;
    this.stop();
    if (giveUp) for (const { file } of this.#ending.keys()) if (file.failing) file.giveUp();
    await Promise.all(this.#ending.values());
  }

  // PassSink

  begin(hostFrame: Samples): void {
    const { session } = this.owner;
    const track = this.owner.track();
    const id = randomUUID();
    const audio = takeName(track.name, ++this.#number, id);
    const file = new TakeFile(
      join(session.audioDirectory, audio),
      { ...this.#format, ...describeTake(hostFrame, track.name) },
      this.owner.memory,
      {
        failing: (error) => {
          this.owner.trouble(error);
          // Whoever waits for this disk need not wait any longer.
          this.owner.drained?.();
          if (this.#hurried) file.giveUp();
        },
        recovered: () => this.owner.recovered(),
        drained: () => this.owner.drained?.(),
      },
    );
    const tempo = new TempoTrail(this.#format.sampleRate);
    const row: Take = {
      id,
      trackId: track.id,
      audio,
      ...this.#format,
      frames: 0,
      hostStart: hostFrame,
      gaps: [],
      tempoMap: [],
      state: 'recording',
      // Strictly later than the take before: the order decides which lies on top.
      started: (this.#started = Math.max(Date.now(), this.#started + 1)),
    };
    this.#take = { file, tempo, outline: new Outline(), row, gaps: [], changed: true };
    this.#note(this.#take);
    this.owner.emit({
      type: 'take-started',
      track: track.id,
      name: track.name,
      take: id,
      hostStart: hostFrame,
    });
  }

  audio(from: Samples, count: Samples): void {
    const take = this.#take!;
    if (take.tempo.pass(this.#blockHost + from, this.#musical)) take.changed = true;
    const holdsUp = take.file.failing || this.owner.drained === null;
    if (holdsUp && this.owner.memory.isFull(this.#pending)) {
      this.silence(count);
      return;
    }
    take.file.append(this.#block, from, count);
    take.outline.append(this.#block, from, count);
  }

  silence(count: Samples): void {
    const take = this.#take!;
    const start = take.file.frames;
    const last = take.gaps.at(-1);
    if (last !== undefined && last.start + last.frames === start) last.frames += count;
    else take.gaps.push({ start, frames: count });
    take.file.skip(count);
    take.outline.skip(count);
    take.changed = true;
    const { id, name } = this.owner.track();
    this.owner.emit({ type: 'gap', track: id, name, take: take.row.id, start, frames: count });
  }

  end(): void {
    const take = this.#take!;
    this.#take = undefined;
    const before = [...this.#ending.values()].at(-1);
    const ending = this.#finish(take, before).finally(() => {
      this.#ending.delete(take);
      this.owner.drained?.();
    });
    this.#ending.set(take, ending);
  }

  lost(frames: Samples): void {
    const { id, name } = this.owner.track();
    this.owner.emit({ type: 'gap', track: id, name, take: null, start: null, frames });
  }

  /** Takes are told in their order, however long the disk takes with each. */
  async #finish(take: OpenTake, before: Promise<void> | undefined): Promise<void> {
    const { id, name } = this.owner.track();
    try {
      const frames = await take.file.close();
      await before;
      if (frames === 0) {
        await rm(take.file.path, { force: true });
        this.owner.session.tracks.removeTake(take.row.id);
        return;
      }
      take.row = { ...take.row, frames, state: 'complete' };
      this.#note(take);
      this.owner.emit({ type: 'take-ended', track: id, name, take: take.row });
    } catch (thrown) {
      this.owner.trouble(asSoniError(thrown));
    }
  }

  /** A full disk may refuse the row; it is offered again at the next tick. */
  #note(take: OpenTake): void {
    const frames = take.row.frames || take.file.frames;
    const gaps = take.gaps.map((gap) => ({ ...gap })).filter((gap) => gap.start < frames);
    take.row = { ...take.row, frames, gaps, tempoMap: [...take.tempo.points] };
    try {
      this.owner.session.tracks.putTake(take.row);
      take.changed = false;
    } catch (thrown) {
      take.changed = true;
      this.owner.trouble(asSoniError(thrown));
    }
  }
}

/** What the file says about itself. */
export const describeTake = (hostStart: Samples, trackName: string) => ({
  timeReference: hostStart < 0 ? null : hostStart,
  description:
    hostStart < 0 ? `${trackName}, pre-roll from ${Math.abs(hostStart)} samples before the start` : trackName,
});
