import type { ModelResult } from '../contracts/modelRun.ts';

/** "htdemucs 1.0.0 on cpu: 41.2 s, 1.03 times real time". */
export const runWords = ({
  pack,
  packVersion,
  provider,
  seconds,
  realtimeFactor,
  stored,
}: ModelResult): string =>
  `${pack} ${packVersion} on ${provider}: ${seconds.toFixed(1)} s, ${realtimeFactor.toFixed(2)} times real time${stored ? ' when it was computed; now taken from the cache' : ''}`;

/** How well stems add up to their source. */
export const residualWords = (residualDb: number | null): string =>
  residualDb === null
    ? 'the stems sum to the source exactly'
    : `the stems sum to the source within ${residualDb.toFixed(1)} dBFS`;
