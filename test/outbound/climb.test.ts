import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UserId } from '../../src/kernel/ids.ts';
import { lookAt, stepOn, type Climb, type Standing } from '../../src/outbound/escalation/climb.ts';
import { choosePolicy, type EscalationPolicy } from '../../src/outbound/escalation/policy.ts';

const MINUTE = 60_000;
const NOON = new Date('2026-03-10T12:00:00Z');
const after = (minutes: number): Date => new Date(NOON.getTime() + minutes * MINUTE);

function policy(change: Partial<EscalationPolicy> = {}): EscalationPolicy {
  return {
    id: 'p',
    name: 'Usual',
    patterns: ['shop.*'],
    severityFloor: 'critical',
    steps: [15, 10].map((afterMinutes) => ({ afterMinutes, targets: [] })),
    repeats: 0,
    reminder: null,
    ...change,
  };
}

const OPEN: Standing = {
  state: 'open',
  isNoise: false,
  severity: 'critical',
  org: 'shop.db',
  assigneeId: null,
  assignedAt: null,
  snoozedUntil: null,
  silencedUntil: null,
  lastDeedAt: null,
};

describe('The policy of an event', () => {
  const everything = policy({ id: 'a', patterns: ['*'], severityFloor: 'info' });
  const shop = policy({ id: 'b', patterns: ['shop.*'], severityFloor: 'warn' });
  const shopCritical = policy({ id: 'c', patterns: ['shop.*'] });
  const db = policy({ id: 'd', patterns: ['shop.db', 'bank.*'], severityFloor: 'warn' });
  const below = policy({ id: 'e', patterns: ['shop.db.*', '!shop.db.test.*'], severityFloor: 'warn' });
  const all = [below, db, shopCritical, shop, everything];

  it.each<[string, string | null, Standing['severity'], string | null]>([
    ['only * covers what has no path', null, 'critical', 'a'],
    ['of two with the same pattern the one for fewer severities', 'shop.web', 'critical', 'c'],
    ['which does not cover the others', 'shop.web', 'warn', 'b'],
    ['unknown severity is below warn', 'shop.web', null, 'a'],
    ['a path itself before all below it', 'shop.db', 'critical', 'd'],
    ['more labels', 'shop.db.eu', 'critical', 'e'],
    ['unless it is left out', 'shop.db.test.x', 'critical', 'c'],
    ['another pattern of the same policy does not count', 'bank.core', 'warn', 'd'],
  ])('is by rule: %s', (_because, org, severity, expected) => {
    expect(choosePolicy(all, org, severity)?.id ?? null).toBe(expected);
    expect(choosePolicy([...all].reverse(), org, severity)?.id ?? null).toBe(expected);
  });

  it('is the older one of two that are alike, and none when none covers it', () => {
    expect(choosePolicy([policy({ id: 'z' }), policy({ id: 'y' })], 'shop', 'critical')?.id).toBe('y');
    expect(choosePolicy([shopCritical], 'bank', 'critical')).toBeNull();
  });
});

describe('An event on its ladder', () => {
  const begun: Climb = { policyId: 'p', assigneeId: null, step: 0, round: 0, since: NOON };
  const ann = 'ann' as UserId;
  const reminding = policy({ reminder: { afterMinutes: 240, everyMinutes: 60 } });

  it.each<[string, Climb | null, Partial<Standing>, Partial<EscalationPolicy>, number, number | null]>([
    ['begins now', null, {}, {}, 3, 18],
    ['waits for its step', begun, {}, {}, 3, 15],
    ['is due at its time and behind it', begun, {}, {}, 40, 15],
    ['waits for the second step', { ...begun, step: 1, since: after(15) }, {}, {}, 20, 25],
    ['ends when it is completed', begun, { state: 'completed' }, {}, 3, null],
    ['ends when it is merged', begun, { state: 'merged' }, {}, 3, null],
    ['ends when it is noise', begun, { isNoise: true }, {}, 3, null],
    ['ends when it is not bad enough any more', begun, { severity: 'warn' }, {}, 3, null],
    ['ends when its path is of no policy', begun, { org: 'bank' }, {}, 3, null],
    ['ends when somebody takes it', begun, { assigneeId: ann }, {}, 3, null],
    ['rests while it is snoozed, and waits anew', begun, { snoozedUntil: after(60) }, {}, 3, 75],
    ['forgets a snooze that is over', begun, { snoozedUntil: after(2) }, {}, 3, 15],
    ['goes on at once when a rest is ended early', { ...begun, since: after(60) }, {}, {}, 3, 18],
    ['rests while it is silenced', begun, { silencedUntil: after(30) }, {}, 3, 45],
    [
      'as long as the longer of both',
      begun,
      { silencedUntil: after(30), snoozedUntil: after(20) },
      {},
      3,
      45,
    ],
    ['takes a shorter wait over', begun, {}, { steps: [{ afterMinutes: 5, targets: [] }] }, 10, 5],
    ['ends when its step is gone', { ...begun, step: 2 }, {}, {}, 3, null],
    ['begins again instead when steps repeat', { ...begun, step: 2 }, {}, { repeats: 1 }, 3, 15],
    ['begins anew under another policy', { ...begun, policyId: 'gone', step: 1 }, {}, {}, 3, 18],
  ])('%s', (_because, climb, event, change, minute, expected) => {
    const look = lookAt(climb, { ...OPEN, ...event }, [policy(change)], after(minute));
    expect(look?.tellAt ?? null).toEqual(expected === null ? null : after(expected));
  });

  it('is looked at every five minutes while it is silenced, since somebody may end that', () => {
    const silenced = { ...OPEN, silencedUntil: after(300) };
    expect(lookAt(begun, silenced, [policy()], after(3))).toMatchObject({
      dueAt: after(8),
      tellAt: after(315),
    });
  });

  const minute = fc.integer({ min: -300, max: 300 }).map(after);
  const anyClimb = fc.option(
    fc.record({
      policyId: fc.constantFrom('p', 'gone'),
      assigneeId: fc.option(fc.constant(ann)),
      step: fc.nat(3),
      round: fc.nat(2),
      since: minute,
    }),
  );
  const anyEvent = fc.record({
    state: fc.constantFrom('open' as const, 'open' as const, 'completed' as const, 'merged' as const),
    isNoise: fc.boolean(),
    severity: fc.constantFrom('critical' as const, 'warn' as const, null),
    org: fc.constantFrom('shop.db', 'bank', null),
    assigneeId: fc.option(fc.constantFrom(ann, 'bo' as UserId)),
    assignedAt: fc.option(minute),
    snoozedUntil: fc.option(minute),
    silencedUntil: fc.option(minute),
    lastDeedAt: fc.option(minute),
  });

  it('tells only what is open, nobody’s or its holder’s, and neither snoozed nor silenced; and never waits in vain', () => {
    fc.assert(
      fc.property(anyClimb, anyEvent, minute, fc.nat(2), (climb, drawn, now, repeats) => {
        const one = { ...reminding, repeats };
        // Nobody has done anything in the future.
        const done = (at: Date | null): Date | null => (at && at > now ? now : at);
        const [assignedAt, lastDeedAt] = [done(drawn.assignedAt), done(drawn.lastDeedAt)];
        const event = { ...drawn, assignedAt, lastDeedAt };
        const look = lookAt(climb, event, [one], now);
        if (!look) return;
        expect([event.state, event.isNoise, event.severity, event.org]).toEqual([
          'open',
          false,
          'critical',
          'shop.db',
        ]);
        expect(look.climb.assigneeId).toBe(event.assigneeId);
        expect(look.step === null).toBe(event.assigneeId !== null);
        const rests = [event.snoozedUntil, event.silencedUntil].some((until) => until && until > now);
        if (rests) expect(look.tellAt > now && look.dueAt > now).toBe(true);
        expect(look.dueAt <= look.tellAt).toBe(true);
        // Looked at again when it is due, it is told then, unless something has happened.
        const again = lookAt(
          look.climb,
          { ...event, silencedUntil: null, snoozedUntil: null },
          [one],
          look.tellAt,
        );
        expect(again?.tellAt).toEqual(look.tellAt);
      }),
      { numRuns: 2000 },
    );
  });

  it('climbs to its last step, as often as steps repeat, and ends', () => {
    const told: number[] = [];
    let climb: Climb | null = begun;
    for (let minute = 0; climb && minute < 200; minute += 1) {
      const look = lookAt(climb, OPEN, [policy({ repeats: 1 })], after(minute));
      if (!look || look.tellAt > after(minute)) continue;
      told.push(minute);
      climb = stepOn(look, after(minute));
    }
    expect(told).toEqual([15, 25, 40, 50]);
    expect(climb).toBeNull();
  });

  it.each<[string, Partial<Climb>, Partial<Standing>, number | null]>([
    ['four hours after it was taken', {}, {}, 240],
    ['four hours after the last deed', {}, { lastDeedAt: after(30) }, 270],
    ['an hour after the reminder before', { step: 1, since: after(240) }, {}, 300],
    ['four hours after a deed behind that', { step: 1, since: after(240) }, { lastDeedAt: after(250) }, 490],
    ['four hours after a snooze', {}, { snoozedUntil: after(600), lastDeedAt: after(1) }, 840],
    [
      'from its own taking when another had it',
      { assigneeId: 'bo' as UserId },
      { assignedAt: after(5) },
      245,
    ],
    ['never when it is over', {}, { state: 'completed' }, null],
  ])('reminds who has it %s', (_because, climb, event, expected) => {
    const held = { ...OPEN, assigneeId: ann, assignedAt: NOON, ...event };
    const present = { ...begun, assigneeId: ann, ...climb };
    const now = Math.max(...[after(5), present.since, held.lastDeedAt ?? NOON].map(Number));
    const look = lookAt(present, held, [reminding], new Date(now));
    expect(look?.tellAt ?? null).toEqual(expected === null ? null : after(expected));
    expect(look?.step ?? null).toBeNull();
  });
});
