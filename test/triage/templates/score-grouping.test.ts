import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { scoreGrouping } from '../../../src/triage/templates/score-grouping.ts';

const score = (found: string, truth: string) => scoreGrouping(Array.from(found), Array.from(truth));

describe('The score of a grouping', () => {
  it.each([
    ['xxyz', 'aabc', { ga: 1, fga: 1, pairF1: 1, templates: 3 }, 'names do not matter'],
    ['xyyz', 'aabc', { ga: 0.25, fga: 1 / 3, pairF1: 0, templates: 3 }, 'one line astray spoils two groups'],
    ['xyzz', 'aaaa', { ga: 0, fga: 0, pairF1: 2 / 7, templates: 3 }, 'a template split is wrong as a whole'],
    ['xxxx', 'aabb', { ga: 0, fga: 0, pairF1: 0.5, templates: 1 }, 'two templates in one are wrong both'],
    ['xxxy', 'aaab', { ga: 1, fga: 1, pairF1: 1, templates: 2 }, 'a line of its own is a group'],
    ['', '', { ga: 1, fga: 1, pairF1: 1, templates: 0 }, 'nothing was put wrong'],
  ])('%s against %s', (found, truth, expected, _because) => {
    const { ga, fga, pairF1, templates } = score(found, truth);
    expect(templates).toBe(expected.templates);
    expect(ga).toBeCloseTo(expected.ga);
    expect(fga).toBeCloseTo(expected.fga);
    expect(pairF1).toBeCloseTo(expected.pairF1);
  });

  it('is 1 for the truth itself and between 0 and 1 for anything', () => {
    const pairs = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('a', 'b', 'c')));
    fc.assert(
      fc.property(pairs, (lines) => {
        const truth = lines.map(([, template]) => template);
        expect(scoreGrouping(truth, truth)).toMatchObject({ ga: 1, fga: 1, pairF1: 1 });
        const { ga, fga, pairF1 } = scoreGrouping(
          lines.map(([group]) => group),
          truth,
        );
        for (const share of [ga, fga, pairF1]) expect(share >= 0 && share <= 1).toBe(true);
      }),
    );
  });
});
