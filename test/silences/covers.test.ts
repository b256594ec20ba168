import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupCovers } from '../../src/accounts/org-pattern.ts';
import { covers } from '../../src/silences/covers.ts';
import { describeScope, describeTimes } from '../../src/silences/describe.ts';
import type { Recurrence, Silence, SilenceScope } from '../../src/silences/silence.ts';

const NOTHING: SilenceScope = { orgs: [], servers: [], streams: [], rules: [] };
const EVENT = { org: 'shop.db', servers: ['db1'], streamId: null, ruleIds: ['r1'] };

describe('A silence covers', () => {
  it.each([
    ['its path', { orgs: ['shop.db'] }, {}, true],
    ['what is below a path with a star', { orgs: ['shop.*'] }, {}, true],
    ['no path beside it', { orgs: ['shop.web.*'] }, {}, false],
    ['nothing that is left out', { orgs: ['shop.*', '!shop.db'] }, {}, false],
    ['everything, also without org', { orgs: ['*'] }, { org: null }, true],
    ['its server', { servers: ['db1', 'db2'] }, {}, true],
    ['no event that is also about another server', { servers: ['db1'] }, { servers: ['db1', 'web1'] }, false],
    ['no event of unknown servers', { servers: ['db1'] }, { servers: [] }, false],
    ['only what fits path and server', { orgs: ['shop.*'], servers: ['db2'] }, {}, false],
    ['its schedule', { streams: ['s1'] }, { streamId: 's1' }, true],
    ['no other schedule', { streams: ['s1'] }, { streamId: 's2' }, false],
    ['no mails by their schedule', { streams: ['s1'] }, {}, false],
    ['what its rule matched', { rules: ['r1', 'r2'] }, {}, true],
    ['nothing else by its rule', { rules: ['r2'] }, {}, false],
    ['nothing when nothing is said', {}, {}, false],
  ])('%s', (_name, scope, event, expected) => {
    expect(covers({ ...NOTHING, ...scope }, { ...EVENT, ...event })).toBe(expected);
  });

  it('as subscriptions do, and less the more is asked', () => {
    const org = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
      .map((one) => one.join('.'));
    const pattern = fc
      .tuple(fc.constantFrom('', '!'), org, fc.constantFrom('', '.*'))
      .map((one) => one.join(''));
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), org, (orgs, path) => {
        const event = { ...EVENT, org: path };
        expect(covers({ ...NOTHING, orgs }, event)).toBe(groupCovers(orgs, path));
        expect(covers({ ...NOTHING, orgs, servers: ['other'] }, event)).toBe(false);
      }),
    );
  });
});

describe('A silence in words', () => {
  const weekly: Recurrence = {
    weekdays: [7],
    monthDays: [],
    start: '02:00',
    durationMinutes: 120,
    timezone: 'Europe/Berlin',
  };
  it.each([
    [{}, 'every Sunday 02:00–04:00 Europe/Berlin'],
    [{ weekdays: [1, 3, 5] }, 'every Monday, Wednesday and Friday 02:00–04:00 Europe/Berlin'],
    [{ weekdays: [1, 2, 3, 4, 5, 6, 7] }, 'every day 02:00–04:00 Europe/Berlin'],
    [{ start: '23:00' }, 'every Sunday 23:00–01:00 the next day Europe/Berlin'],
    [{ durationMinutes: 1440 }, 'every Sunday 02:00–02:00 the next day Europe/Berlin'],
    [{ durationMinutes: 3 * 1440 + 60 }, 'every Sunday 02:00–03:00 3 days later Europe/Berlin'],
    [{ start: '23:00', durationMinutes: 1440 + 120 }, 'every Sunday 23:00–01:00 2 days later Europe/Berlin'],
    [{ weekdays: [], monthDays: [1, 15] }, 'on day 1 and 15 of every month 02:00–04:00 Europe/Berlin'],
  ])('%j', (change, expected) => {
    const silence = { from: null, to: null, recurrence: { ...weekly, ...change } } as Silence;
    expect(describeTimes(silence, 'UTC')).toBe(expected);
  });

  it('says what it means', () => {
    const scope = { orgs: ['shop.*', '!shop.test'], servers: ['db1'], streams: ['s'], rules: ['gone'] };
    expect(describeScope(scope, new Map([['s', 'Backup']]))).toBe(
      'shop.* but not shop.test, on db1 alone, schedule “Backup”, mails of rule “removed”',
    );
    expect(describeScope({ ...NOTHING, orgs: ['*'] }, new Map())).toBe('everything');
  });
});
