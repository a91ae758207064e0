import type { OperationOutput } from '../../contracts/operations.ts';
import { content, keyAt, type KeyFit, type Tags } from '../../contracts/tags.ts';

/**
 * What signal processing measured and, when a head was asked, what it heard. Of the key both have an opinion, which are
 * added up where the head's pack has a weight for that (models/LOG.md, "SoniDo S 1.1.0").
 */
export function heardTags(
  { keyFit, ...measured }: OperationOutput<'tag'>,
  heard: OperationOutput<'recognise'> | null,
): Tags {
  if (heard === null) return measured;
  const tags = { ...measured, content: content.parse(heard) };
  const { heardKey } = heard;
  if (keyFit === null || heardKey === null || heardKey.correlationWeight === null) return tags;
  return { ...tags, key: likeliestKey(keyFit, heardKey.logProbabilities, heardKey.correlationWeight) };
}

/** Correlations and logarithms of probabilities added up; the confidence is the probability that follows. */
export function likeliestKey(
  fit: KeyFit,
  logProbabilities: KeyFit,
  correlationWeight: number,
): NonNullable<Tags['key']> {
  const sums = fit.map((value, index) => correlationWeight * value + logProbabilities[index]!);
  const largest = Math.max(...sums);
  const total = sums.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return { ...keyAt(sums.indexOf(largest)), confidence: 1 / total };
}
