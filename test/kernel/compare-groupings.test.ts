import { describe, expect, it } from '@jest/globals';
import { compareGroupings } from '../../src/kernel/compare-groupings.ts';

describe('Comparing groupings', () => {
  it.each([
    ['equal but for the names', 'aabb', 'xxyy', { pairF1: 1, ari: 1, bcubedF1: 1 }],
    ['nothing to compare', '', '', { pairF1: 1, ari: 1, bcubedF1: 1 }],
    ['each alone', 'abcd', 'xxxx', { pairPrecision: 1, pairRecall: 0, pairF1: 0, ari: 0 }],
    ['all together', 'aaaa', 'xxyy', { pairPrecision: 2 / 6, pairRecall: 1, ari: 0 }],
    ['one of four misplaced', 'aaab', 'xxyy', { pairPrecision: 1 / 3, pairRecall: 1 / 2 }],
  ])('%s', (_name, found, truth, expected) => {
    const likeness = compareGroupings(Array.from(found), Array.from(truth));
    for (const [figure, value] of Object.entries(expected)) expect(likeness).toHaveProperty(figure, value);
  });
});
