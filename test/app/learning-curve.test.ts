/** The curve of an import: what was said before each correction was known, per thousand mails. */
import { expect, it } from '@jest/globals';
import { LearningCurve } from '../../src/app/learning-curve.ts';

const NOTHING = { asked: 0, accuracy: null, coverage: null };

it('counts what was told rightly, wrongly or not at all, a row for each thousand mails when they are over', () => {
  const curve = new LearningCurve();
  curve.note(0, { org: null, severity: 'warn' }, { org: 'shop.web', severity: 'warn' });
  curve.note(999, { org: 'shop.db', severity: 'info' }, { org: 'shop.web' });
  expect(curve.reach(999, false)).toEqual([]);
  curve.note(1000, { org: 'shop.web', severity: null }, { org: 'shop.web', severity: undefined });
  const first = {
    from: 1,
    to: 1000,
    org: { asked: 2, accuracy: 0, coverage: 0.5 },
    severity: { asked: 1, accuracy: 1, coverage: 1 },
  };
  expect(curve.reach(1020, false)).toEqual([first]);
  const second = { from: 1001, to: 2000, org: { asked: 1, accuracy: 1, coverage: 1 }, severity: NOTHING };
  // Nobody corrected anything in the third thousand.
  const third = { from: 2001, to: 2300, org: NOTHING, severity: NOTHING };
  expect(curve.reach(2300, true)).toEqual([second, third]);
  expect(curve.rows()).toEqual([first, second, third]);
});
