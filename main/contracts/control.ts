import { bridge } from './bridge.ts';
import { desk } from './desk.ts';
import type { RpcContract } from './rpc.ts';

/** All that a running program answers on its control socket: the plugins' server, and what windows ask of the desk. */
export const control = {
  methods: { ...desk.methods, ...bridge.methods },
  topics: { ...desk.topics, ...bridge.topics },
} as const satisfies RpcContract;
