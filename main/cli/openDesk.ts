import type { SoniError } from '../contracts/errors.ts';
import { createDesk, type Desk } from '../desk/desk.ts';
import { SongsLock } from '../desk/songsLock.ts';
import { songsDirectory } from '../desk/songsDirectory.ts';
import { StudioBridge, openBridgeFor, type StudioBridgeOptions } from '../desk/studio/studioBridge.ts';
import type { Engine } from '../engine/workflows/engine.ts';
import { directories } from '../platform/directories.ts';
import { serveControl } from '../../plugin-bridge/server/control/controlSocket.ts';
import { checkup } from './doctor/checkup.ts';
import { version } from './installation.ts';

type BridgeChoices = Omit<StudioBridgeOptions, 'version' | 'onControl'>;

/** Engine, window's desk and plugin bridge as one: what the app, `open` and `serve` run. */
export interface OpenDesk<Bridge> extends AsyncDisposable {
  readonly desk: Desk;
  readonly bridge: Bridge;
}

/** For a window: without plugins it works, too, and says why there are none. */
export const openDesk = (
  engine: Engine,
  choices: BridgeChoices = {},
): Promise<OpenDesk<StudioBridge | SoniError>> => assemble(engine, openBridgeFor, choices);

/** @throws SoniError when plugins cannot be served */
export const openServingDesk = (engine: Engine, choices: BridgeChoices): Promise<OpenDesk<StudioBridge>> =>
  assemble(engine, (options) => StudioBridge.open(options), choices);

async function assemble<Bridge extends StudioBridge | SoniError>(
  engine: Engine,
  open: (options: StudioBridgeOptions) => Promise<Bridge>,
  choices: BridgeChoices,
): Promise<OpenDesk<Bridge>> {
  let desk: Desk | undefined;
  let bridge: Bridge | undefined;
  const songs = await SongsLock.take(songsDirectory(directories()));
  const closeBridge = async () => {
    if (bridge instanceof StudioBridge) await bridge[Symbol.asyncDispose]();
    songs[Symbol.dispose]();
  };
  try {
    bridge = await open({
      ...choices,
      version,
      onControl: (server, socket) => serveControl(server, socket, desk?.handlers),
    });
    const opened = (desk = await createDesk({ engine, version, checkup, bridge }));
    return {
      desk: opened,
      bridge,
      async [Symbol.asyncDispose]() {
        await opened.close();
        await closeBridge();
      },
    };
  } catch (thrown) {
    await closeBridge();
    throw thrown;
  }
}
