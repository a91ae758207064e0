import type { bridge } from '../../../main/contracts/bridge.ts';
import type { Handlers } from '../../../main/rpc/serve.ts';
import type { BridgeServer } from '../bridgeServer.ts';
import { captureTracks } from '../capture/captureTracks.ts';
import { exportComps } from '../capture/exportComps.ts';
import { listenTo, returnMix, returnNotes, returnStems } from '../returns/giveBack.ts';

/** What the app and the command line can ask of the bridge, over any transport. */
export const bridgeHandlers = (server: BridgeServer): Handlers<typeof bridge> => ({
  info: () => ({
    version: server.appVersion,
    pid: process.pid,
    session: server.session.directory,
    address: server.address,
    endpointFile: server.endpointFile,
    reaStream: server.reaStreamAddress,
  }),
  tracks: () => server.book.list().map((track) => server.describe(track)),
  changeTrack: ({ track, name, colour, group }) => {
    const found = server.book.find(track);
    const changes = {
      ...(name !== undefined && { name }),
      ...(colour !== undefined && { colour }),
      ...(group !== undefined && { group }),
    };
    return server.describe(server.changeTrack(found.id, changes));
  },
  takeChoices: ({ change }) => {
    const changed = change !== null && server.changeChoices(change);
    const choices = server.compChoices.steps.map(({ reason, state, decided }) => ({
      reason,
      state,
      decided,
    }));
    return { changed, choices };
  },
  capture: (input, { signal, emit }) => captureTracks(server, input, signal, emit),
  exportComps: ({ tracks, directory }) => exportComps(server, tracks, directory),
  returnStems: (input) => returnStems(server, input),
  returnNotes: (input) => returnNotes(server, input),
  returnMix: (input) => returnMix(server, input),
  setParameters: ({ track, parameters }) => {
    const live = server.live(server.book.find(track).id);
    live?.connection.say('parameters', parameters);
    return { delivered: live !== undefined };
  },
  listen: (input) => listenTo(server, input),
  events: ({ signal, emit }) => {
    const stop = server.onEvent(emit);
    signal.addEventListener('abort', stop, { once: true });
  },
});
