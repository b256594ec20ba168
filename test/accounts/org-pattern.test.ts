import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupCovers, isOrgPattern, matchesOrg } from '../../src/accounts/org-pattern.ts';

describe('Org patterns', () => {
  it.each([
    ['a.b.c', 'a.b.c', true, 'exact'],
    ['a.b.c', 'a.b', false, 'not above'],
    ['a.b.c', 'a.b.c.d', false, 'not below'],
    ['a.b.*', 'a.b', true, 'the path itself'],
    ['a.b.*', 'a.b.c', true, 'below'],
    ['a.b.*', 'a.b.c.d', true, 'all below'],
    ['a.b.*', 'a.bc', false, 'labels are whole'],
    ['a.*.c', 'a.b.c', true, 'one label inside'],
    ['a.*.c', 'a.b.b.c', false, 'one label, not two'],
    ['a.*.c.*', 'a.b.c.d', true, 'inside and behind'],
    ['*', 'anything.at.all', true, 'everything'],
    ['*', null, true, 'also what has no org'],
    ['a.*', null, false, 'no org is below nothing'],
  ])('%s matches %s: %s', (pattern, org, expected, _because) => {
    expect(matchesOrg(pattern, org)).toBe(expected);
  });

  it('leaves out what an exclusion of the same group covers', () => {
    expect(groupCovers(['shop.*', '!shop.test.*'], 'shop.web')).toBe(true);
    expect(groupCovers(['shop.*', '!shop.test.*'], 'shop.test.web')).toBe(false);
    expect(groupCovers(['!shop.test.*'], 'shop.web')).toBe(false);
  });

  it.each(['', 'a..b', '.a', 'a.', 'A.b', 'a b', '!', 'a.b*', '**'])('refuses %j', (text) => {
    expect(isOrgPattern(text)).toBe(false);
  });

  it('agrees with the meaning written as a regular expression', () => {
    const label = fc.constantFrom('a', 'b', 'c-1', '*');
    const pattern = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
    const org = fc
      .array(fc.constantFrom('a', 'b', 'c-1'), { minLength: 1, maxLength: 5 })
      .map((labels) => labels.join('.'));
    fc.assert(
      fc.property(pattern, org, (wanted, path) => {
        const labels = wanted.split('.');
        const isOpenEnded = labels.at(-1) === '*' && labels.length > 1;
        const fixed = isOpenEnded ? labels.slice(0, -1) : labels;
        const head = fixed.map((one) => (one === '*' ? '[^.]+' : one)).join('\\.');
        const source = wanted === '*' ? '.*' : `${head}${isOpenEnded ? '(\\..+)?' : ''}`;
        expect(matchesOrg(wanted, path)).toBe(new RegExp(`^${source}$`).test(path));
      }),
    );
  });
});
