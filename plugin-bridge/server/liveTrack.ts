import type { BridgeEvent, LivePlugin } from '../../main/contracts/bridge.ts';
import type { ReturnKind, Track } from '../../main/contracts/session.ts';
import type { ReturnRow } from '../../main/engine/session/returnTable.ts';
import type { Session } from '../../main/engine/session/session.ts';
import type { AudioBlock } from '../protocol/audioBlock.ts';
import type { Message } from '../protocol/messages.ts';
import { encodeNoteEvents } from '../protocol/noteEvents.ts';
import type { BlockPlace } from './capture/passCutter.ts';
import { LevelMeter } from './capture/levelMeter.ts';
import { LoopWatch, type HostLoop } from './capture/loopWatch.ts';
import type { HostPosition } from '../protocol/audioBlock.ts';
import { TrackRecorder, type RecorderOwner } from './capture/trackRecorder.ts';
import type { Hello, PluginConnection } from './connect/pluginConnection.ts';
import type { CaptureSource } from './captureSource.ts';
import { noteEvents } from './returns/midiNotes.ts';
import { returnPayloads } from './returns/returned.ts';

export interface LiveTrackOwner {
  readonly session: Session;
  track(id: string): Track;
  emit(event: BridgeEvent): void;
  recorderOwner(trackId: string, drained: () => void): RecorderOwner;
}

/** Sent again at every hello: the plugin does not keep them, or needs them to look for files anew. */
const alwaysSent = new Set<ReturnKind>(['stems', 'notes']);

/** A track whose plugin is connected: what it captures is recorded, what it is given back is sent. */
export class LiveTrack implements CaptureSource {
  readonly meter = new LevelMeter();
  #recorder: TrackRecorder | undefined;
  #position: HostPosition | undefined;
  readonly #loop = new LoopWatch();
  #parameters: Record<string, number> = {};
  #status: Message<'status'> = { stems: [], droppedFrames: 0, message: '' };

  constructor(
    readonly id: string,
    readonly connection: PluginConnection,
    private hello: Hello,
    private readonly owner: LiveTrackOwner,
  ) {}

  get plugin(): LivePlugin {
    const { host, format, pluginVersion, sampleRate, maxBlockFrames, channels } = this.hello;
    const { droppedFrames, missedFrames = 0, stems, message } = this.#status;
    return {
      host,
      format,
      pluginVersion,
      sampleRate,
      maxBlockFrames,
      channels,
      recording: this.#recorder?.recording ?? null,
      droppedFrames,
      missedFrames,
      stems,
      parameters: this.#parameters,
      message,
    };
  }

  get sampleRate(): number {
    return this.hello.sampleRate;
  }

  get recorder(): TrackRecorder | undefined {
    return this.#recorder;
  }

  /** Where the host's transport was at the end of what came last. */
  get position(): HostPosition | undefined {
    return this.#position;
  }

  get loop(): HostLoop | null {
    return this.#loop.loop;
  }

  get congested(): boolean {
    return this.#recorder?.congested === true;
  }

  /** A new hello on a living connection: rate or block size have changed. */
  greetAgain(hello: Hello): void {
    this.hello = hello;
    this.#recorder?.stop();
  }

  audio(block: AudioBlock, place: BlockPlace): void {
    const format = { sampleRate: this.hello.sampleRate, channels: block.audio.length };
    if (format.channels === 0 || place.frames === 0) return;
    this.meter.pass(block.audio);
    const { audio: _audio, ...position } = block;
    this.#loop.block(place.hostFrame, place.frames, position.looping);
    this.#position = { ...position, hostFrame: block.hostFrame + BigInt(place.frames) };
    this.#recorder ??= new TrackRecorder(
      this.owner.recorderOwner(this.id, () => this.connection.resume()),
      format,
    );
    this.#recorder.reformat(format);
    this.#recorder.block(block, place);
  }

  gap(place: BlockPlace): void {
    this.#recorder?.gap(place);
  }

  transport({ playing, hostFrame }: Message<'transport'>): void {
    if (this.#position !== undefined) {
      this.#position = { ...this.#position, playing, hostFrame: BigInt(hostFrame) };
    }
    if (playing) return;
    this.#loop.stop();
    this.#recorder?.stop();
  }

  status(message: Message<'status'>): void {
    this.#status = message;
    const { id, name } = this.owner.track(this.id);
    this.owner.emit({ type: 'status', track: id, name, stems: message.stems, message: message.message });
  }

  parameters(changed: Message<'parameters'>): void {
    this.#parameters = { ...this.#parameters, ...changed };
    const { id, name } = this.owner.track(this.id);
    this.owner.emit({ type: 'parameters', track: id, name, parameters: changed });
  }

  /** Tells the plugin who it is and gives it what it should have. */
  introduce(): void {
    this.assign();
    for (const { kind, confirmed } of this.owner.session.returns.list(this.id)) {
      if (kind !== 'name' && (confirmed === null || alwaysSent.has(kind))) this.give(kind);
    }
  }

  /** Says which track it is; a name given in the app is the plugin's own from then on. */
  assign(): void {
    const { id, name, colour } = this.owner.track(this.id);
    this.connection.say('assign', { track: id, name, colour });
    this.#confirmWhenHandled('name');
  }

  /** Sends what the session holds of this kind; it is confirmed when the plugin has handled it. */
  give(kind: ReturnKind): void {
    const row = this.#returned(kind);
    if (row === undefined) return;
    switch (kind) {
      case 'name':
        this.assign();
        return;
      case 'stems':
        this.connection.say('stems', returnPayloads.stems.parse(row.payload));
        break;
      case 'notes': {
        const events = noteEvents(returnPayloads.notes.parse(row.payload), this.hello.sampleRate);
        this.connection.sendNotes(encodeNoteEvents(events));
        break;
      }
      case 'strip':
        this.connection.say('strip', returnPayloads.strip.parse(row.payload));
        break;
      case 'monitor':
        this.connection.say('monitor', returnPayloads.monitor.parse(row.payload));
        break;
    }
    this.#confirmWhenHandled(kind);
  }

  #returned(kind: ReturnKind): ReturnRow | undefined {
    return this.owner.session.returns.list(this.id).find((each) => each.kind === kind);
  }

  #confirmWhenHandled(kind: ReturnKind): void {
    const sent = this.#returned(kind);
    if (sent === undefined) return;
    this.connection.whenHandled(() => {
      // Something newer may have been given meanwhile: that is not confirmed by this.
      if (this.#returned(kind)?.given !== sent.given) return;
      this.owner.session.returns.confirm(this.id, kind);
      if (sent.confirmed !== null) return;
      const { id, name } = this.owner.track(this.id);
      this.owner.emit({ type: 'confirmed', track: id, name, kind });
    });
  }

  /** Ends its takes and waits until they are on disk. */
  async close(giveUp: boolean): Promise<void> {
    await this.#recorder?.close(giveUp);
  }
}
