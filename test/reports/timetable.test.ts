import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { formatLocal, parseLocal, startOfLocalDay, startOfLocalMonth } from '../../src/kernel/calendar.ts';
import { endedBefore, latestTime, nextTime, REPORT_PERIODS } from '../../src/reports/mails/timetable.ts';
import type { Timetable } from '../../src/reports/mails/timetable.ts';

const BERLIN: Timetable = { period: 'daily', at: '07:00', timeZone: 'Europe/Berlin' };
const HOUR = 3_600_000;

describe('A report is mailed next', () => {
  it.each<[string, Partial<Timetable>, string, string]>([
    ['the same day, when it is early', {}, '2026-03-10T05:59:59Z', '2026-03-10T06:00'],
    ['the next day, when it is time: that one was the last', {}, '2026-03-10T06:00:00Z', '2026-03-11T06:00'],
    ['an hour earlier by UTC after clocks leapt', {}, '2026-03-28T06:00:00Z', '2026-03-29T05:00'],
    ['an hour later by UTC after they were put back', {}, '2026-10-24T05:00:00Z', '2026-10-25T06:00'],
    ['when clocks leap over its time', { at: '02:30' }, '2026-03-28T12:00:00Z', '2026-03-29T01:00'],
    ['the first time that clocks show it', { at: '02:30' }, '2026-10-24T12:00:00Z', '2026-10-25T00:30'],
    ['and not the second', { at: '02:30' }, '2026-10-25T00:30:00Z', '2026-10-26T01:30'],
    ['on the next Monday', { period: 'weekly' }, '2026-03-10T06:00:00Z', '2026-03-16T06:00'],
    ['on this Monday, early', { period: 'weekly' }, '2026-03-15T23:30:00Z', '2026-03-16T06:00'],
    [
      'on the 1st behind a month of 28 days',
      { period: 'monthly' },
      '2026-02-01T06:00:00Z',
      '2026-03-01T06:00',
    ],
    ['on the 1st behind one of 31', { period: 'monthly' }, '2026-12-01T06:00:00Z', '2027-01-01T06:00'],
    [
      'on the 1st of there, not of UTC',
      { period: 'monthly', timeZone: 'Pacific/Auckland' },
      '2026-03-30T00:00:00Z',
      '2026-03-31T18:00',
    ],
    [
      'where clocks leap over midnight',
      { at: '00:00', timeZone: 'Africa/Cairo' },
      '2026-04-23T12:00:00Z',
      '2026-04-23T22:00',
    ],
  ])('%s', (_because, change, after, next) => {
    expect(
      nextTime({ ...BERLIN, ...change }, new Date(after))
        .toISOString()
        .slice(0, 16),
    ).toBe(next);
  });
});

describe('Its days are', () => {
  it.each<[string, Partial<Timetable>, string, string, string, number]>([
    ['the day before', {}, '2026-03-11T06:00Z', '2026-03-09T23:00', '2026-03-10T23:00', 24],
    ['one of 23 hours', {}, '2026-03-30T05:00Z', '2026-03-28T23:00', '2026-03-29T22:00', 23],
    ['one of 25 hours', {}, '2026-10-26T06:00Z', '2026-10-24T22:00', '2026-10-25T23:00', 25],
    [
      'one whose midnight was leapt over',
      { timeZone: 'Africa/Cairo' },
      '2026-04-25T04:00Z',
      '2026-04-23T22:00',
      '2026-04-24T21:00',
      23,
    ],
    [
      'one whose midnight came twice',
      { timeZone: 'America/Havana' },
      '2026-11-02T12:00Z',
      '2026-11-01T04:00',
      '2026-11-02T05:00',
      25,
    ],
    [
      'the week from Monday to Sunday, with a short one',
      { period: 'weekly' },
      '2026-03-30T05:00Z',
      '2026-03-22T23:00',
      '2026-03-29T22:00',
      167,
    ],
    [
      'a month of 28 days',
      { period: 'monthly' },
      '2026-03-01T06:00Z',
      '2026-01-31T23:00',
      '2026-02-28T23:00',
      28 * 24,
    ],
    [
      'the last month of the year',
      { period: 'monthly' },
      '2027-01-01T06:00Z',
      '2026-11-30T23:00',
      '2026-12-31T23:00',
      31 * 24,
    ],
  ])('%s', (_because, change, time, from, to, hours) => {
    const days = endedBefore({ ...BERLIN, ...change }, new Date(time));
    expect([days.from, days.to].map((one) => one.toISOString().slice(0, 16))).toEqual([from, to]);
    expect((days.to.getTime() - days.from.getTime()) / HOUR).toBe(hours);
  });
});

describe('The timetable of reports', () => {
  const timetables = fc.record<Timetable>({
    period: fc.constantFrom(...REPORT_PERIODS),
    at: fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':')),
    timeZone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'America/Havana',
      'Africa/Cairo',
      'Asia/Kolkata',
      'Australia/Lord_Howe',
      'Pacific/Auckland',
      'Atlantic/Azores',
      'America/Santiago',
    ),
  });
  const instants = fc
    .integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2028, 0, 1) })
    .map((ms) => new Date(ms));

  it('forgets no day and counts none twice: the days of one report begin where those before end', () => {
    fc.assert(
      fc.property(timetables, instants, (timetable, at) => {
        const latest = latestTime(timetable, at);
        const next = nextTime(timetable, at);
        expect(latest <= at && at < next).toBe(true);
        expect(nextTime(timetable, latest)).toEqual(next);
        const [before, after] = [endedBefore(timetable, latest), endedBefore(timetable, next)];
        expect(after.from).toEqual(before.to);
        expect(before.to <= latest).toBe(true);
        const start = DateTime.fromJSDate(before.from, { zone: timetable.timeZone });
        if (timetable.period === 'weekly') expect(start.weekday).toBe(1);
        if (timetable.period === 'monthly') expect(start.day).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with the beginnings of days and months from wherever they are asked', () => {
    fc.assert(
      fc.property(timetables, instants, fc.integer({ min: -40, max: 40 }), ({ timeZone }, at, days) => {
        const start = startOfLocalDay(at, timeZone, days);
        const other = startOfLocalDay(start, timeZone);
        expect(other).toEqual(start);
        expect(parseLocal(formatLocal(start, timeZone, 'yyyy-MM-dd'), timeZone)).toEqual(start);
        expect(startOfLocalMonth(start, timeZone)).toEqual(
          startOfLocalMonth(startOfLocalMonth(start, timeZone), timeZone),
        );
      }),
    );
  });
});
