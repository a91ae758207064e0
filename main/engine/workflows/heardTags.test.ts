import { expect, it } from 'vitest';
import type { OperationOutput } from '../../contracts/operations.ts';
import { heardTags } from './heardTags.ts';

const fit = (values: Record<number, number>) => Array.from({ length: 24 }, (_, k) => values[k] ?? 0);
const measured: OperationOutput<'tag'> = {
  tempo: null,
  beats: [],
  downbeats: [],
  key: { tonic: 'C', mode: 'major', confidence: 0.2 },
  keyFit: fit({ 0: 0.8, 19: 0.75 }),
  loudness: { integrated: -14, range: 3, truePeak: -1 },
  durationSeconds: 10,
  sections: [],
};
const heard = (heardKey: OperationOutput<'recognise'>['heardKey']): OperationOutput<'recognise'> => ({
  instruments: [],
  roles: [],
  voice: [],
  drums: [],
  withFeatures: true,
  calibrated: true,
  heardKey,
  pack: 'sonido-tags',
  packVersion: '1.0.0',
  provider: 'cpu',
  seconds: 1,
  realtimeFactor: 10,
});

it('leaves the measured key when no head was asked, or the head has no opinion of it', () => {
  const { keyFit, ...plain } = measured;
  expect(keyFit).toHaveLength(24);
  expect(heardTags(measured, null)).toEqual(plain);
  const tags = heardTags(measured, heard(null));
  expect(tags.key).toEqual(measured.key);
  expect(tags.content).toMatchObject({ withFeatures: true });
  const logProbabilities = fit({ 0: -9 });
  expect(heardTags(measured, heard({ logProbabilities, correlationWeight: null })).key).toEqual(measured.key);
});

it('adds up what was measured and what was heard: A minor where the head is sure of it', () => {
  const logProbabilities = fit({}).map((_, k) => Math.log(k === 19 ? 0.54 : 0.02));
  const { key } = heardTags(measured, heard({ logProbabilities, correlationWeight: 4 }));
  expect(key).toMatchObject({ tonic: 'A', mode: 'minor' });
  // By hand: e^3 * 0.54 beside e^3.2 * 0.02 of C major and 22 keys of 0.02.
  const likely = Math.exp(3) * 0.54;
  expect(key!.confidence).toBeCloseTo(likely / (likely + Math.exp(3.2) * 0.02 + 22 * 0.02), 6);
  // The more the measurement counts, the less the head turns it.
  expect(heardTags(measured, heard({ logProbabilities, correlationWeight: 400 })).key).toMatchObject({
    tonic: 'C',
    mode: 'major',
  });
});

it('has no key where there is no pitch, whatever the head says', () => {
  const silent = { ...measured, key: null, keyFit: null };
  const logProbabilities = fit({}).map(() => Math.log(1 / 24));
  expect(heardTags(silent, heard({ logProbabilities, correlationWeight: 4 })).key).toBeNull();
});
