import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { matchesOrg } from '../../src/accounts/org-pattern.ts';
import type { HeldSubscription } from '../../src/accounts/subscriptions.ts';
import type { ChannelId, GroupId, UserId } from '../../src/kernel/ids.ts';
import { audienceOf } from '../../src/outbound/audience/audience.ts';

const [ana, bo] = ['ana', 'bo'] as [UserId, UserId];
const dba = 'dba' as GroupId;
const room = 'room' as ChannelId;

function subscription(pattern: string, given: Partial<HeldSubscription> = {}): HeldSubscription {
  return {
    id: pattern,
    group: 'ops' as GroupId,
    pattern,
    level: 'responder',
    severityFloor: null,
    quietHours: null,
    channel: null,
    users: [ana],
    ...given,
  };
}

const NIGHT = { from: '22:00', to: '07:00', timezone: 'Europe/Berlin' };

describe('The audience of an event', () => {
  it.each<[string, Partial<HeldSubscription>[], ChannelId[], string[]]>([
    ['is the room instead of the people of the group', [{ channel: room }], [], ['room']],
    ['is the room and the people while it is down', [{ channel: room }], [room], ['room', 'ana', 'bo']],
    [
      'is a person too whom another group tells',
      [{ channel: room }, { group: dba, users: [bo] }],
      [],
      ['room', 'bo'],
    ],
    [
      'is the room once, whatever the groups that it stands for',
      [{ channel: room }, { group: dba, channel: room }],
      [],
      ['room'],
    ],
    ['is the room of a group without people', [{ channel: room, users: [] }], [], ['room']],
  ])('%s', (_promise, given, failing, told) => {
    const held = given.map((one) => subscription('shop.*', { users: [ana, bo], ...one }));
    const audience = audienceOf(held, 'shop.db', 'warn', new Set(failing));
    expect(audience.map(({ userId, channelId }) => userId ?? channelId)).toEqual(told);
  });

  it('is each person once, at their highest level', () => {
    const held = [
      subscription('shop.*', { level: 'interested', users: [ana, bo] as UserId[] }),
      subscription('shop.db', { group: 'dba' as GroupId }),
    ];
    expect(audienceOf(held, 'shop.db', 'warn')).toMatchObject([
      { userId: ana, channelId: null, level: 'responder', quietHours: [] },
      { userId: bo, channelId: null, level: 'interested', quietHours: [] },
    ]);
  });

  it('leaves out what its own group excludes, whatever the floor of the exclusion', () => {
    const held = [
      subscription('shop.*'),
      subscription('!shop.test.*', { severityFloor: 'critical' }),
      subscription('shop.test.*', { group: 'testers' as GroupId, users: [bo] }),
    ];
    expect(audienceOf(held, 'shop.test.web', 'info').map(({ userId }) => userId)).toEqual([bo]);
  });

  it.each([
    ['critical', 1],
    ['warn', 1],
    [null, 0],
    ['info', 0],
  ] as const)('with a floor of warn counts %s %i times', (severity, count) => {
    expect(audienceOf([subscription('*', { severityFloor: 'warn' })], 'shop', severity)).toHaveLength(count);
  });

  it('is quiet only where each subscription of the level is', () => {
    const quiet = subscription('shop.*', { quietHours: NIGHT });
    const loud = subscription('shop.db', { id: 'loud' });
    expect(audienceOf([quiet], 'shop.db', 'warn')[0]?.quietHours).toEqual([NIGHT]);
    expect(audienceOf([quiet, loud], 'shop.db', 'warn')[0]?.quietHours).toEqual([]);
  });

  it('is who a look at every pattern finds', () => {
    const label = fc.constantFrom('a', 'b', 'c', '*');
    const pattern = fc
      .tuple(fc.constantFrom('', '', '!'), fc.array(label, { minLength: 1, maxLength: 4 }))
      .map(([sign, labels]) => sign + labels.join('.'));
    const held = fc.array(
      fc.record({
        pattern,
        group: fc.constantFrom('g1', 'g2', 'g3') as fc.Arbitrary<GroupId>,
        users: fc.uniqueArray(fc.constantFrom('u1', 'u2', 'u3') as fc.Arbitrary<UserId>),
      }),
      { maxLength: 12 },
    );
    const org = fc.option(
      fc
        .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 5 })
        .map((labels) => labels.join('.')),
    );
    fc.assert(
      fc.property(held, org, (some, path) => {
        const subscriptions = some.map((one, index) =>
          subscription(one.pattern, { ...one, id: String(index) }),
        );
        const excluded = subscriptions.filter(
          (one) => one.pattern.startsWith('!') && matchesOrg(one.pattern, path),
        );
        const expected = subscriptions
          .filter((one) => !one.pattern.startsWith('!') && matchesOrg(one.pattern, path))
          .filter(({ group }) => !excluded.some((one) => one.group === group))
          .flatMap(({ users }) => users);
        const told = audienceOf(subscriptions, path, 'warn').map(({ userId }) => userId);
        expect([...told].sort()).toEqual([...new Set(expected)].sort());
      }),
      { numRuns: 500 },
    );
  });
});
