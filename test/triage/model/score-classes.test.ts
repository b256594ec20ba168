import { describe, expect, it } from '@jest/globals';
import { scoreClasses } from '../../../src/triage/model/score-classes.ts';

describe('The score of guesses', () => {
  it('counts an abstention as wrong, but not against the precision', () => {
    expect(scoreClasses(['a', null, 'b', 'a'], ['a', 'a', 'b', 'b'])).toEqual({
      accuracy: 0.5,
      macroF1: (2 / 4 + 2 / 3) / 2,
      coverage: 0.75,
      precisionAtCoverage: 2 / 3,
    });
  });

  it('is nothing where nothing was said', () => {
    expect(scoreClasses([null], ['a'])).toEqual({
      accuracy: 0,
      macroF1: 0,
      coverage: 0,
      precisionAtCoverage: 0,
    });
  });
});
