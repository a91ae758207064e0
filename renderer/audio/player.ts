import type { Medium } from '../../main/contracts/desk.ts';
import { Emitter } from '../state/emitter.ts';
import { readFrames } from './mediumReader.ts';
import { Mixer } from './mixer.ts';
import { Timeline, type LoopFrames } from './timeline.ts';

/** A stretch that is fetched and handed to the audio system at once: 0.7 s at 48 kHz, 260 KB of stereo. */
const stretchFrames = 1 << 15;
/** So much is planned ahead; a disk or a loopback socket is never this slow for long. */
const aheadSeconds = 2.5;
const lookEveryMs = 100;
/** From the press of the key to the first sample. */
const leadSeconds = 0.04;
/** What is due sooner may be past when it reaches the audio thread, which would then start it from its beginning. */
const marginSeconds = 0.015;

/** What is to be played together: the original, and lanes that sum to it or are mixed. */
export interface Programme {
  readonly sampleRate: number;
  readonly frames: number;
  readonly originals: readonly Medium[];
  readonly lanes: readonly Medium[];
}

/**
 * Plays a song's original and its lanes, locked to the sample: every stretch of all of them is started at the
 * same frame of one clock that runs at the song's own rate, so nothing is resampled and nothing drifts.
 * Only a few seconds are in memory, however long the song is.
 */
export class Player {
  readonly changed = new Emitter();
  mixer: Mixer | null = null;
  loop: { readonly start: number; readonly end: number } | null = null;
  #context: AudioContext | null = null;
  #programme: Programme | null = null;
  /** What is under way: the plan, and the frame of the context at which it began. */
  #under: { readonly timeline: Timeline; readonly startFrame: number } | null = null;
  #position = 0;
  #stop: AbortController | null = null;
  #sources = new Set<AudioBufferSourceNode>();
  #failure: string | null = null;

  get programme(): Programme | null {
    return this.#programme;
  }
  get playing(): boolean {
    return this.#stop !== null;
  }
  get failure(): string | null {
    return this.#failure;
  }
  get context(): AudioContext | null {
    return this.#context;
  }
  get duration(): number {
    return this.#programme === null ? 0 : this.#programme.frames / this.#programme.sampleRate;
  }

  /** In seconds of the song; what is heard now, the output's latency included. */
  get position(): number {
    const [context, programme] = [this.#context, this.#programme];
    if (this.#under === null || context === null || programme === null) return this.#position;
    const heard = context.currentTime - (context.outputLatency || 0);
    const frame = this.#under.timeline.songFrameAt(
      Math.round(heard * context.sampleRate) - this.#under.startFrame,
    );
    return frame / programme.sampleRate;
  }

  /** Another song, or more of it: the position stays when the length does. */
  load(programme: Programme | null): void {
    const goesOn = this.playing;
    const place = this.position;
    this.#halt();
    this.mixer?.disconnect();
    this.mixer = null;
    const sameSong = programme?.originals[0]?.id === this.#programme?.originals[0]?.id;
    this.#programme = programme;
    this.#position = sameSong ? place : 0;
    if (!sameSong) this.loop = null;
    if (programme !== null) {
      this.#openContext(programme.sampleRate);
      this.mixer = new Mixer(this.#context!, programme.lanes.length);
    }
    this.changed.emit();
    if (goesOn && sameSong) this.play();
  }

  play(): void {
    const [context, programme, mixer] = [this.#context, this.#programme, this.mixer];
    if (context === null || programme === null || mixer === null || this.playing) return;
    if (this.#position >= this.duration - 0.01) this.#position = 0;
    const stop = new AbortController();
    this.#stop = stop;
    this.#failure = null;
    this.changed.emit();
    this.#run(context, programme, mixer, stop.signal).catch((thrown: unknown) => {
      if (stop.signal.aborted) return;
      this.#failure = thrown instanceof Error ? thrown.message : String(thrown);
      this.pause();
    });
  }

  pause(): void {
    if (!this.playing) return;
    this.#position = this.position;
    this.#halt();
    this.changed.emit();
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  seek(seconds: number): void {
    const goesOn = this.playing;
    this.#halt();
    this.#position = Math.max(0, Math.min(this.duration, seconds));
    if (goesOn) this.play();
    this.changed.emit();
  }

  setLoop(loop: { start: number; end: number } | null): void {
    this.loop = loop;
    // What is planned ahead knows nothing of it.
    if (this.playing) this.seek(this.position);
    this.changed.emit();
  }

  #openContext(sampleRate: number): void {
    if (this.#context?.sampleRate === sampleRate) return;
    void this.#context?.close();
    this.#context = new AudioContext({ sampleRate, latencyHint: 'interactive' });
  }

  #halt(): void {
    this.#stop?.abort();
    this.#stop = null;
    this.#under = null;
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
  }

  async #run(context: AudioContext, programme: Programme, mixer: Mixer, signal: AbortSignal): Promise<void> {
    await context.resume();
    const { sampleRate } = programme;
    const tracks = [...programme.originals, ...programme.lanes];
    const timeline = new Timeline(Math.round(this.#position * sampleRate), programme.frames);
    for (;;) {
      const segment = timeline.advance(stretchFrames, this.#loopFrames(sampleRate));
      if (segment === null) break;
      // The tracks of a session are original and lanes in one: each is fetched once.
      const fetched = new Map<string, ReturnType<typeof readFrames>>();
      for (const medium of tracks) {
        if (fetched.has(medium.id)) continue;
        fetched.set(medium.id, readFrames(medium, segment.songFrame, segment.frames, signal));
      }
      const planes = await Promise.all(tracks.map(({ id }) => fetched.get(id)!));
      signal.throwIfAborted();
      const buffers = planes.map((each) => bufferOf(each, sampleRate));
      // The clock is read when the first stretch is ready, so that its beginning is not late.
      this.#under ??= {
        timeline,
        startFrame: Math.ceil((context.currentTime + leadSeconds) * sampleRate),
      };
      const due = (this.#under.startFrame + segment.startFrame) / sampleRate;
      // A stretch that comes late starts within itself, all lanes at the same frame: only its beginning is missed.
      const late = Math.max(0, Math.ceil((context.currentTime + marginSeconds - due) * sampleRate));
      buffers.forEach((buffer, index) => {
        const lane = index - programme.originals.length;
        const target = lane < 0 ? mixer.original : mixer.channels[lane]!.input;
        if (buffer !== null && late < buffer.length) {
          this.#schedule(context, buffer, target, due + late / sampleRate, late / sampleRate);
        }
      });
      await this.#until(context, (due * sampleRate + segment.frames) / sampleRate - aheadSeconds, signal);
    }
    await this.#until(context, this.#endOf(timeline) / sampleRate, signal);
    this.#halt();
    this.#position = this.duration;
    this.changed.emit();
  }

  #endOf(timeline: Timeline): number {
    return (this.#under?.startFrame ?? 0) + timeline.plannedTo;
  }

  async #until(context: AudioContext, time: number, signal: AbortSignal): Promise<void> {
    while (context.currentTime < time) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
      signal.throwIfAborted();
    }
  }

  #schedule(
    context: AudioContext,
    buffer: AudioBuffer,
    target: AudioNode,
    when: number,
    offset: number,
  ): void {
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(target);
    source.start(when, offset);
    this.#sources.add(source);
    source.addEventListener('ended', () => this.#sources.delete(source));
  }

  #loopFrames(sampleRate: number): LoopFrames | null {
    if (this.loop === null) return null;
    const start = Math.round(this.loop.start * sampleRate);
    const end = Math.round(this.loop.end * sampleRate);
    return end > start ? { start, end } : null;
  }
}

function bufferOf(planes: readonly Float32Array<ArrayBuffer>[], sampleRate: number): AudioBuffer | null {
  const length = planes[0]?.length ?? 0;
  if (length === 0) return null;
  const buffer = new AudioBuffer({ length, numberOfChannels: planes.length, sampleRate });
  planes.forEach((plane, channel) => buffer.copyToChannel(plane, channel));
  return buffer;
}

/** The one player of the window. */
export const player = new Player();
