import { join } from 'node:path';
import { SoniError } from '../../contracts/errors.ts';
import type { Pulse, Studio as StudioFacts } from '../../contracts/studio.ts';
import type { Engine } from '../../engine/workflows/engine.ts';
import { makeFolder } from '../../platform/makeFolder.ts';
import type { BridgeServer } from '../../../plugin-bridge/server/bridgeServer.ts';
import { Listeners } from '../listeners.ts';
import type { Media } from '../media.ts';
import { MarkerFile } from './markerFile.ts';
import { PulseTeller } from './pulse.ts';
import { tracksOf } from './snapshot.ts';
import type { StudioBridge } from './studioBridge.ts';
import { TakePeaks } from './takePeaks.ts';

/** A recording of 64 tracks makes many small changes; ten looks a second are enough for what does not move. */
const gatherMs = 100;

/** The DAW's session for windows: what is there now, and what moves. */
export class Studio {
  readonly changed = new Listeners(gatherMs);
  readonly #lost = new Set<string>();
  readonly #pulse: PulseTeller | null = null;
  readonly #peaks: TakePeaks | null = null;
  readonly #markers: MarkerFile | null = null;
  readonly #stop: () => void = () => undefined;
  #message = '';

  /** @param bridge `null`: this program runs without one; an error: it could not be started */
  private constructor(
    private readonly bridge: StudioBridge | SoniError | null,
    engine: Engine,
    private readonly media: Media,
  ) {
    if (bridge === null || bridge instanceof SoniError) return;
    const { server, session } = bridge;
    this.#message = server.recoveredTakes.join(' ');
    this.#pulse = new PulseTeller(server);
    this.#markers = new MarkerFile(session.directory);
    this.#peaks = new TakePeaks(engine, join(session.directory, 'peaks'), session.audioDirectory, () =>
      this.changed.tell(),
    );
    this.#stop = server.onEvent((event) => {
      if (event.type === 'connected') this.#lost.delete(event.track);
      if (event.type === 'disconnected') this.#lost.add(event.track);
      if (event.type === 'trouble' || event.type === 'recovered' || event.type === 'refused')
        this.#message = event.message;
      this.changed.tell();
    });
  }

  static async open(bridge: StudioBridge | SoniError | null, engine: Engine, media: Media): Promise<Studio> {
    const studio = new Studio(bridge, engine, media);
    await studio.#markers?.load();
    if (bridge !== null && !(bridge instanceof SoniError))
      await makeFolder(join(bridge.session.directory, 'peaks'));
    return studio;
  }

  get serves(): boolean {
    return this.bridge !== null && !(this.bridge instanceof SoniError);
  }

  /** @throws SoniError saying why there is none */
  get server(): BridgeServer {
    if (this.bridge === null) {
      throw new SoniError(
        'unsupported',
        'This program runs without the plugin bridge. Start "sonidesk serve --open" or the app.',
      );
    }
    if (this.bridge instanceof SoniError) throw this.bridge;
    return this.bridge.server;
  }

  get markers(): MarkerFile {
    // Without a server that says why.
    void this.server;
    return this.#markers!;
  }

  snapshot(): StudioFacts {
    const { bridge } = this;
    if (bridge === null || bridge instanceof SoniError) {
      const [state, message] =
        bridge === null ? (['off', ''] as const) : (['failed', bridge.message] as const);
      return { ...nothing, state, message };
    }
    return {
      ...tracksOf(bridge.server, {
        lost: this.#lost,
        peaksOf: (take) => {
          const path = this.#peaks!.of(take);
          return path === null ? null : this.media.idOf(path);
        },
      }),
      state: 'serving',
      message: this.#message,
      folder: bridge.session.directory,
      markers: this.#markers!.markers,
      canUndo: bridge.server.compChoices.canUndo,
      canRedo: bridge.server.compChoices.canRedo,
    };
  }

  listen(listener: (pulse: Pulse) => void, signal: AbortSignal): void {
    this.#pulse?.add(listener, signal);
  }

  async close(): Promise<void> {
    this.#stop();
    this.#pulse?.close();
    await this.#peaks?.close();
  }
}

const nothing = {
  folder: '',
  sampleRate: 48_000,
  tracks: [],
  tempo: [],
  markers: [],
  canUndo: false,
  canRedo: false,
};
