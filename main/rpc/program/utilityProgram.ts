import { programNews, type ProgramRequest } from '../../contracts/utilityPrograms.ts';
import { memoryTransportPair } from '../memoryTransport.ts';
import { messagePortTransport } from '../messagePortTransport.ts';
import type { ChildProgram, ProgramEnd, ProgramStart } from './childProgram.ts';
import type { UtilityParent } from './utilityParent.ts';

let lastId = 0;

/** A program as a utility process of the app, started by the shell on request. */
export function startUtilityProgram(parent: UtilityParent, start: ProgramStart): Promise<ChildProgram> {
  const id = ++lastId;
  const ask = (request: ProgramRequest) => parent.postMessage(request);
  let tellEnd: (end: ProgramEnd) => void;
  const ended = new Promise<ProgramEnd>((resolve) => {
    tellEnd = resolve;
  });
  return new Promise((resolve) => {
    const onMessage: Parameters<UtilityParent['on']>[1] = ({ data, ports: [port] }) => {
      const parsed = programNews.safeParse(data);
      if (!parsed.success || parsed.data.id !== id) return;
      const news = parsed.data;
      if (news.type === 'program-started' && port !== undefined) {
        const kill = () => ask({ type: 'kill-program', id });
        resolve({ pid: news.pid, transport: messagePortTransport(port), ended, kill });
      } else if (news.type === 'program-ended') {
        parent.off('message', onMessage);
        tellEnd({ ...news, signal: news.signal as NodeJS.Signals | null });
        const [near] = memoryTransportPair();
        near.close();
        resolve({ pid: undefined, transport: near, ended, kill: () => undefined });
      }
    };
    parent.on('message', onMessage);
    ask({ type: 'start-program', id, ...start, args: [...start.args] });
  });
}
