import { dirname, join, resolve } from 'node:path';
import { asSoniError, type SoniError } from '../../contracts/errors.ts';
import { Session } from '../../engine/session/session.ts';
import { directories } from '../../platform/directories.ts';
import { BridgeServer, type BridgeOptions } from '../../../plugin-bridge/server/bridgeServer.ts';

export interface StudioBridgeOptions extends Omit<BridgeOptions, 'session'> {
  /** By default one of the user's own: takes do not belong into a cache. */
  readonly sessionFolder?: string | undefined;
}

/** The session of the DAW's tracks and the server that their plugins connect to. */
export class StudioBridge implements AsyncDisposable {
  private constructor(
    readonly session: Session,
    readonly server: BridgeServer,
  ) {}

  /** @throws SoniError `busy` | `corrupt` | `newer-format` | `denied` | `no-space` */
  static async open({ sessionFolder, ...options }: StudioBridgeOptions): Promise<StudioBridge> {
    const session = await Session.open(resolve(sessionFolder ?? defaultSession()));
    try {
      return new StudioBridge(session, await BridgeServer.start({ ...options, session }));
    } catch (thrown) {
      session.close();
      throw thrown;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    this.session.close();
  }
}

/** For a window, which works without plugins, too, and says why there are none. */
export const openBridgeFor = (options: StudioBridgeOptions): Promise<StudioBridge | SoniError> =>
  StudioBridge.open(options).catch(asSoniError);

const defaultSession = (): string => join(dirname(directories().packs), 'sessions', 'default');
