import { describe, expect, it } from '@jest/globals';
import { judgeTrial, TRIAL_MAILS } from '../../../src/triage/model/candidate.ts';

describe('A candidate', () => {
  const tried = (present: [number, number], candidate: [number, number], mails = TRIAL_MAILS) => ({
    mails,
    asked: 2 * mails,
    present: { said: present[0], right: present[1] },
    candidate: { said: candidate[0], right: candidate[1] },
  });

  it.each([
    ['before enough mails, however good', tried([0, 0], [150, 150], TRIAL_MAILS - 1), 'on trial'],
    ['as good', tried([100, 98], [100, 98]), 'takes over'],
    ['says more, as rightly', tried([100, 98], [150, 147]), 'takes over'],
    ['says more, less rightly', tried([100, 98], [150, 146]), 'goes'],
    ['says less, all of it rightly', tried([100, 98], [99, 99]), 'goes'],
    ['says as much, one more wrongly', tried([100, 98], [100, 97]), 'goes'],
    ['where the present one says nothing', tried([0, 0], [10, 10]), 'takes over'],
    ['where both say nothing', tried([0, 0], [0, 0]), 'takes over'],
  ])('%s', (_, trial, verdict) => {
    expect(judgeTrial(trial)).toBe(verdict);
  });
});
