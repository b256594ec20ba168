import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import type { Recurrence, Silence } from '../../src/silences/silence.ts';
import { isActive, nextWindow, stateOf, windowAt } from '../../src/silences/windows.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

type Timed = Pick<Silence, 'from' | 'to' | 'recurrence' | 'endedAt'>;

function recurring(change: Partial<Recurrence>, endedAt: Date | null = null): Timed {
  const usual = {
    weekdays: [7],
    monthDays: [],
    start: '02:00',
    durationMinutes: 120,
    timezone: 'Europe/Berlin',
  };
  return { from: null, to: null, recurrence: { ...usual, ...change }, endedAt };
}

/** `29 Mar 01:00Z – 29 Mar 02:00Z` */
function shown(window: { from: Date; to: Date } | null): string | null {
  return window && `${window.from.toISOString().slice(5, 16)} – ${window.to.toISOString().slice(5, 16)}`;
}

describe('The next window of a silence', () => {
  it.each<[string, string, Partial<Recurrence>, string]>([
    ['winter: two hours', '2026-03-16', {}, '03-22T01:00 – 03-22T03:00'],
    ['clocks leap forward within it: an hour', '2026-03-23', {}, '03-29T01:00 – 03-29T02:00'],
    ['summer: an hour earlier by UTC', '2026-03-30', {}, '04-05T00:00 – 04-05T02:00'],
    ['clocks are put back within it: three hours', '2026-10-19', {}, '10-25T00:00 – 10-25T03:00'],
    ['its start is leapt over', '2026-03-23', { start: '02:30' }, '03-29T01:00 – 03-29T02:30'],
    [
      'its end is leapt over',
      '2026-03-23',
      { start: '01:00', durationMinutes: 90 },
      '03-29T00:00 – 03-29T01:00',
    ],
    [
      'both are leapt over: as long as ever',
      '2026-03-23',
      { start: '02:10', durationMinutes: 30 },
      '03-29T01:00 – 03-29T01:30',
    ],
    [
      'its end is just where clocks go back to: before that',
      '2026-10-19',
      { start: '00:00' },
      '10-24T22:00 – 10-25T00:00',
    ],
    [
      'its start comes twice: the first',
      '2026-10-19',
      { start: '02:30', durationMinutes: 60 },
      '10-25T00:30 – 10-25T02:30',
    ],
    [
      'a whole day of 23 hours',
      '2026-03-23',
      { start: '00:00', durationMinutes: 1440 },
      '03-28T23:00 – 03-29T22:00',
    ],
    [
      'a whole day of 25 hours',
      '2026-10-19',
      { start: '00:00', durationMinutes: 1440 },
      '10-24T22:00 – 10-25T23:00',
    ],
    [
      'past midnight into the leap',
      '2026-03-23',
      { weekdays: [6], start: '23:00', durationMinutes: 300 },
      '03-28T22:00 – 03-29T02:00',
    ],
    ['the earlier of two weekdays', '2026-03-17', { weekdays: [3, 5] }, '03-18T01:00 – 03-18T03:00'],
    [
      'day 31 where there is one',
      '2026-03-02',
      { weekdays: [], monthDays: [31] },
      '03-31T00:00 – 03-31T02:00',
    ],
    [
      'day 31 in February: the last one',
      '2026-02-02',
      { weekdays: [], monthDays: [31] },
      '02-28T01:00 – 02-28T03:00',
    ],
    ['the leap day', '2028-02-02', { weekdays: [], monthDays: [30] }, '02-29T01:00 – 02-29T03:00'],
    [
      'from one month into the next',
      '2026-11-30',
      { weekdays: [], monthDays: [1] },
      '12-01T01:00 – 12-01T03:00',
    ],
    [
      'half an hour, as Lord Howe does',
      '2026-10-01',
      { timezone: 'Australia/Lord_Howe' },
      '10-03T15:30 – 10-03T17:00',
    ],
    ['a zone without summer time', '2026-03-23', { timezone: 'Asia/Kolkata' }, '03-28T20:30 – 03-28T22:30'],
  ])('%s', (_name, after, change, expected) => {
    expect(shown(nextWindow(recurring(change), new Date(`${after}T12:00:00Z`)))).toBe(expected);
  });

  it('is the one after the window that is running', () => {
    const sunday = new Date('2026-03-22T02:00:00Z');
    expect(shown(windowAt(recurring({}), sunday))).toBe('03-22T01:00 – 03-22T03:00');
    expect(shown(nextWindow(recurring({}), sunday))).toBe('03-29T01:00 – 03-29T02:00');
  });

  it('of one that comes once is none when it has begun', () => {
    const once = {
      from: new Date('2026-03-10T08:00:00Z'),
      to: new Date('2026-03-10T10:00:00Z'),
      recurrence: null,
      endedAt: null,
    };
    const at = (time: string) => stateOf(once, new Date(`2026-03-10T${time}Z`));
    expect(['07:59:59', '08:00:00', '09:59:59', '10:00:00'].map(at)).toEqual([
      'coming',
      'active',
      'active',
      'past',
    ]);
    expect(nextWindow(once, new Date('2026-03-10T08:00:00Z'))).toBeNull();
  });
});

describe('A window that somebody ended', () => {
  const ended = new Date('2026-03-22T02:00:00Z');

  it('is over from then on, and the next one comes', () => {
    expect(isActive(recurring({}, ended), new Date('2026-03-22T01:59:59Z'))).toBe(true);
    expect(isActive(recurring({}, ended), ended)).toBe(false);
    expect(stateOf(recurring({}, ended), ended)).toBe('coming');
    expect(isActive(recurring({}, ended), new Date('2026-03-29T01:30:00Z'))).toBe(true);
  });
});

describe('Windows against a walk through every minute', () => {
  /** What the clocks show, as a number that grows with it. */
  const clock = (ms: number, zone: string): number => {
    const local = DateTime.fromMillis(ms, { zone });
    return Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  };

  it('are on from when the clocks first show the start until they show no time before the end', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Europe/Berlin',
          'America/New_York',
          'Australia/Lord_Howe',
          'America/Sao_Paulo',
          'UTC',
        ),
        fc.constantFrom(
          '2026-03-08',
          '2026-03-29',
          '2026-04-05',
          '2026-10-04',
          '2026-10-25',
          '2026-11-01',
          '2026-06-14',
        ),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 600 }),
        (timezone, date, start, durationMinutes) => {
          const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
          const startShown = Date.UTC(year, month - 1, day, 0, start);
          const endShown = startShown + durationMinutes * MINUTE;
          let from: number | null = null;
          let to: number | null = null;
          for (let ms = startShown - 15 * 60 * MINUTE; ms < endShown + 15 * 60 * MINUTE; ms += MINUTE) {
            const shows = clock(ms, timezone);
            if (from === null && shows >= startShown) from = ms;
            if (shows < endShown) to = ms + MINUTE;
          }
          fc.pre(from !== null && to !== null && to > from);
          const hhmm = `${String(Math.floor(start / 60)).padStart(2, '0')}:${String(start % 60).padStart(2, '0')}`;
          const silence = recurring({
            weekdays: [],
            monthDays: [day],
            start: hhmm,
            durationMinutes,
            timezone,
          });
          const found = windowAt(silence, new Date(from));
          expect([found?.from.getTime(), found?.to.getTime()]).toEqual([from, to]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('agree with each other: on within, off around, and the next begins later', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'UTC'),
        fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 7 * 1440 }),
        fc.integer({ min: 0, max: 365 * 1440 }),
        (timezone, weekdays, start, durationMinutes, minute) => {
          const hhmm = `${String(Math.floor(start / 60)).padStart(2, '0')}:${String(start % 60).padStart(2, '0')}`;
          const silence = recurring({ weekdays, start: hhmm, durationMinutes, timezone });
          const at = new Date(Date.UTC(2026, 0, 1) + minute * MINUTE);
          const now = windowAt(silence, at);
          const next = nextWindow(silence, at);
          expect(isActive(silence, at)).toBe(now !== null);
          if (now) expect([now.from <= at, now.to > at]).toEqual([true, true]);
          expect(next && next.from > at && next.from.getTime() - at.getTime() <= 8 * DAY).toBe(true);
          if (next) expect(isActive(silence, next.from)).toBe(true);
          if (!now && next) expect(isActive(silence, new Date(next.from.getTime() - 1))).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });
});
