import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { UserId } from '../../src/kernel/ids.ts';
import { listShifts, nextHandOver, onCallAt } from '../../src/outbound/rota/on-call.ts';
import type { Override, Rota } from '../../src/outbound/rota/rota.ts';

const [ann, bo, cy, di] = ['ann', 'bo', 'cy', 'di'] as UserId[] as [UserId, UserId, UserId, UserId];

function rota(change: Partial<Rota> = {}): Rota {
  return {
    id: 'r',
    name: 'Ops',
    timeZone: 'Europe/Berlin',
    every: 1,
    unit: 'week',
    startsOn: '2026-03-23',
    handOverAt: '09:00',
    places: [ann, bo, cy],
    overrides: [],
    ...change,
  };
}

function instead(userId: UserId, from: string, to: string, insteadOf: UserId | null = null): Override {
  return {
    id: `${userId} ${from}`,
    userId,
    insteadOf,
    from: new Date(from),
    to: new Date(to),
    createdBy: '',
  };
}

describe('On call', () => {
  const friday = instead(di, '2026-03-27T08:00Z', '2026-03-29T20:00Z');

  it.each<[string, Partial<Rota>, string, UserId | null]>([
    ['the first person from the first hand-over', {}, '2026-03-23T08:00Z', ann],
    ['the last of the round until then', {}, '2026-03-23T07:59Z', cy],
    ['a round ago too: somebody always is', {}, '2026-03-01T12:00Z', cy],
    ['until clocks that leapt forward show nine', {}, '2026-03-30T06:59Z', ann],
    ['the next person from then on', {}, '2026-03-30T07:00Z', bo],
    ['two weeks at a time', { every: 2 }, '2026-03-30T07:00Z', ann],
    ['a day at a time', { unit: 'day' }, '2026-03-24T08:00Z', bo],
    ['every third day', { unit: 'day', every: 3 }, '2026-03-25T08:00Z', ann],
    [
      'on a night whose hand-over is leapt over: from the leap on',
      { unit: 'day', handOverAt: '02:30' },
      '2026-03-29T01:00Z',
      ann,
    ],
    [
      'somebody who follows in the place of who has left',
      { places: [null, bo, cy] },
      '2026-03-24T12:00Z',
      bo,
    ],
    ['and nobody else is moved', { places: [null, bo, cy] }, '2026-04-07T12:00Z', cy],
    ['nobody when nobody is left', { places: [null] }, '2026-03-24T12:00Z', null],
    ['whoever an override names', { overrides: [friday] }, '2026-03-28T12:00Z', di],
    ['until just before its end', { overrides: [friday] }, '2026-03-29T20:00Z', ann],
    [
      'not by an override of another person’s turn',
      { overrides: [{ ...friday, insteadOf: bo }] },
      '2026-03-28T12:00Z',
      ann,
    ],
    [
      'the later of two overrides',
      { overrides: [friday, instead(cy, '2026-03-28T00:00Z', '2026-03-28T20:00Z')] },
      '2026-03-28T12:00Z',
      cy,
    ],
    [
      'who steps in for who steps in',
      { overrides: [friday, instead(cy, '2026-03-28T00:00Z', '2026-03-28T20:00Z', di)] },
      '2026-03-28T12:00Z',
      cy,
    ],
  ])('is %s', (_because, change, at, expected) => {
    expect(onCallAt(rota(change), new Date(at))).toBe(expected);
  });

  it('is handed over when somebody else takes over, which one person alone never does', () => {
    const at = new Date('2026-03-24T12:00Z');
    expect(nextHandOver(rota(), at)).toMatchObject({ from: new Date('2026-03-30T07:00Z'), userId: bo });
    expect(nextHandOver(rota({ overrides: [friday] }), at)).toMatchObject({ from: friday.from, userId: di });
    expect(nextHandOver(rota({ places: [ann, null, ann, bo] }), at)).toMatchObject({
      from: new Date('2026-04-13T07:00Z'),
    });
    expect(nextHandOver(rota({ places: [ann] }), at)).toBeNull();
    const holiday = instead(bo, '2026-08-01T00:00Z', '2026-08-09T00:00Z');
    expect(nextHandOver(rota({ places: [ann], overrides: [holiday] }), at)).toMatchObject({ userId: bo });
  });

  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'America/Havana',
    'Asia/Kathmandu',
  ];
  const START = Date.UTC(2026, 0, 1);
  const instant = fc
    .integer({ min: 0, max: 400 * 24 * 60 })
    .map((minutes) => new Date(START + minutes * 60_000));
  const someone = fc.constantFrom(ann, bo, cy, di);
  const anyOverride = fc
    .record({
      userId: someone,
      insteadOf: fc.option(someone),
      from: instant,
      hours: fc.integer({ min: 1, max: 400 }),
    })
    .map(({ hours, from, ...rest }): Override => ({
      ...rest,
      from,
      to: new Date(from.getTime() + hours * 3_600_000),
      id: `${from.getTime()}`,
      createdBy: '',
    }));
  const anyRota = fc
    .record({
      timeZone: fc.constantFrom(...ZONES),
      every: fc.integer({ min: 1, max: 5 }),
      unit: fc.constantFrom('day' as const, 'week' as const),
      startsOn: fc.constantFrom('2026-01-01', '2026-03-29', '2026-06-30', '2027-12-31'),
      handOverAt: fc.constantFrom('00:00', '02:00', '02:30', '09:00', '23:59'),
      places: fc.array(fc.option(someone, { freq: 5 }), { minLength: 1, maxLength: 5 }),
      overrides: fc.array(anyOverride, { maxLength: 6 }),
    })
    .map((change) => rota(change));

  it('shifts tile the time, and say the same as who is on call at any instant', () => {
    fc.assert(
      fc.property(anyRota, instant, fc.integer({ min: 1, max: 40 }), (one, from, days) => {
        const to = new Date(from.getTime() + days * 86_400_000);
        const shifts = listShifts(one, from, to);
        expect(shifts[0]?.from.getTime()).toBeLessThanOrEqual(from.getTime());
        expect(shifts.at(-1)?.to.getTime()).toBeGreaterThanOrEqual(to.getTime());
        for (const [index, shift] of shifts.entries()) {
          expect(shift.to.getTime()).toBeGreaterThan(shift.from.getTime());
          const next = shifts[index + 1];
          if (next) expect(next.from).toEqual(shift.to);
          const middle = new Date((shift.from.getTime() + shift.to.getTime()) / 2);
          for (const at of [shift.from, middle, new Date(shift.to.getTime() - 1)]) {
            expect([at, onCallAt(one, at)]).toEqual([at, shift.userId]);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is handed over at its time on the wall, whole turns apart, unless clocks leap over it', () => {
    fc.assert(
      fc.property(anyRota, instant, (one, from) => {
        const to = new Date(from.getTime() + 60 * 86_400_000);
        const shifts = listShifts({ ...one, overrides: [] }, from, to);
        for (const shift of shifts) {
          const local = DateTime.fromJSDate(shift.from, { zone: one.timeZone });
          const wanted = DateTime.fromISO(`${local.toISODate()}T${one.handOverAt}`, { zone: one.timeZone });
          const isLeapt = wanted.toFormat('HH:mm') !== one.handOverAt;
          expect(isLeapt || local.toFormat('HH:mm') === one.handOverAt).toBe(true);
          const end = DateTime.fromJSDate(shift.to, { zone: one.timeZone });
          const days = end.startOf('day').diff(local.startOf('day'), 'days').days;
          expect(Math.round(days)).toBe(one.every * (one.unit === 'week' ? 7 : 1));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('an override of everybody wins while it lasts, and changes nothing around it', () => {
    fc.assert(
      fc.property(anyRota, anyOverride, instant, (one, override, at) => {
        const last = { ...override, insteadOf: null };
        const changed = { ...one, overrides: [...one.overrides, last] };
        const isOn = last.from <= at && at < last.to;
        expect(onCallAt(changed, last.from)).toBe(last.userId);
        expect(onCallAt(changed, last.to)).toBe(onCallAt(one, last.to));
        expect(onCallAt(changed, at)).toBe(isOn ? last.userId : onCallAt(one, at));
      }),
      { numRuns: 150 },
    );
  });
});
