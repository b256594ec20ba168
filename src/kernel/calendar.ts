/** Local time, safe over summer time and month ends. The only place beside presenters that knows time zones. */
import { DateTime, IANAZone } from 'luxon';
import { DAY, HOUR, MINUTE } from './clock.ts';

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Names to choose from, for forms. */
export function listTimeZones(): string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
}

/**
 * Midnight in `zone` of the day that `instant` falls on, moved by `days` calendar days: the first of two where clocks are
 * put back over it, and where they leap over it the instant of the leap.
 */
export function startOfLocalDay(instant: Date, zone: string, days = 0): Date {
  return whenClocksReach(localDayOf(instant, zone, days), 0, zone);
}

export function startOfLocalMonth(instant: Date, zone: string, months = 0): Date {
  const { year, month } = DateTime.fromJSDate(instant, { zone }).startOf('month').plus({ months });
  return whenClocksReach({ year, month, day: 1 }, 0, zone);
}

/** The instants at which local days, hours, weeks of seven days or months begin, from `from` until before `to`. */
export function localSteps(
  from: Date,
  to: Date,
  zone: string,
  unit: 'hour' | 'day' | 'week' | 'month',
): Date[] {
  const steps: Date[] = [from];
  // From the start each time: adding a month to the 28th of February forgets the 31st.
  for (let count = 1; ; count += 1) {
    const next = stepAfter(from, zone, unit, count);
    if (next >= to) return steps;
    steps.push(next);
  }
}

function stepAfter(from: Date, zone: string, unit: 'hour' | 'day' | 'week' | 'month', count: number): Date {
  const start = DateTime.fromJSDate(from, { zone });
  switch (unit) {
    case 'hour':
      return start.startOf('hour').plus({ hours: count }).toJSDate();
    case 'day':
      return startOfLocalDay(from, zone, count);
    case 'week':
      return start.plus({ weeks: count }).toJSDate();
    case 'month':
      return startOfLocalMonth(from, zone, count);
  }
}

/** Reads `2026-03-12` as midnight in `zone`, `2026-03-12T09:30` as that wall-clock time; an offset in the text wins. */
export function parseLocal(text: string, zone: string): Date | null {
  // luxon reads `12` as an hour of today: nobody means that.
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const parsed = DateTime.fromISO(text, { zone });
  if (!parsed.isValid) return null;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  return isDay ? startOfLocalDay(parsed.toJSDate(), zone) : parsed.toJSDate();
}

/** @param format a luxon format, such as `ccc d LLL yyyy, HH:mm:ss` */
export function formatLocal(instant: Date, zone: string, format: string): string {
  return DateTime.fromJSDate(instant, { zone }).setLocale('en').toFormat(format);
}

/**
 * What the clocks of `zone` show at ascending instants, as milliseconds that count like UTC: for arithmetic on times of
 * day. Asked of the zone only around its clock changes, which are weeks apart: each asking costs microseconds.
 */
export function shownTimes(instants: readonly number[], zone: string): number[] {
  const of = IANAZone.create(zone);
  const offset = (ms: number): number => of.offset(ms) * MINUTE;
  const shown: number[] = new Array<number>(instants.length);
  const fill = (from: number, to: number): void => {
    const first = instants[from] ?? 0;
    const last = instants[to - 1] ?? 0;
    if (to - from > 2 && (last - first > WITHOUT_CHANGE_MS || offset(first) !== offset(last))) {
      const middle = (from + to) >> 1;
      fill(from, middle);
      fill(middle, to);
      return;
    }
    const [ahead, atEnd] = [offset(first), offset(last)];
    for (let index = from; index < to; index += 1)
      shown[index] = (instants[index] ?? 0) + (index === to - 1 ? atEnd : ahead);
  };
  if (instants.length > 0) fill(0, instants.length);
  return shown;
}

/** Clocks that show the same at both ends of so short a span were not changed within it. */
const WITHOUT_CHANGE_MS = 28 * DAY;

/** Spans that things happen per. A month is 30 days: what counts per month has room for the difference. */
export const PERIODS = ['minute', 'hour', 'day', 'week', 'month'] as const;
export type Period = (typeof PERIODS)[number];

const PERIOD_MS: Record<Period, number> = {
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
};

export function periodMs(period: Period): number {
  return PERIOD_MS[period];
}

/** A day of the calendar, wherever. */
export interface LocalDay {
  year: number;
  month: number;
  day: number;
  /** 1 is Monday, 7 Sunday. */
  weekday: number;
  daysInMonth: number;
}

type DayOfCalendar = Pick<LocalDay, 'year' | 'month' | 'day'>;

/** The day that `instant` falls on in `zone`, moved by `days` calendar days. */
export function localDayOf(instant: Date, zone: string, days = 0): LocalDay {
  const { year, month, day, weekday, daysInMonth } = DateTime.fromJSDate(instant, { zone }).plus({ days });
  return { year, month, day, weekday, daysInMonth: daysInMonth ?? 31 };
}

/**
 * When the clocks of `zone` first show a time of a day, or a later one where they leap over it. The time is given as
 * minutes after the day's midnight; more than a day's go on into the next days.
 */
export function whenClocksReach(day: DayOfCalendar, minutes: number, zone: string): Date {
  const wanted = showing(day, minutes, zone);
  return new Date(wanted.at.length > 0 ? Math.min(...wanted.at) : wanted.leap());
}

/** When the clocks of `zone` show no earlier time any more: where they are put back, the last time that they do. */
export function whenClocksPass(day: DayOfCalendar, minutes: number, zone: string): Date {
  const before = showing(day, minutes - 1, zone);
  return new Date(before.at.length > 0 ? Math.max(...before.at) + MINUTE : before.leap());
}

interface Showing {
  /** None, one, or two where the clocks are put back. */
  at: number[];
  /** The instant at which they leap over the time. */
  leap: () => number;
}

function showing(day: DayOfCalendar, minutes: number, zone: string): Showing {
  const shown = Date.UTC(day.year, day.month - 1, day.day) + minutes * MINUTE;
  const offsetAt = (ms: number): number => IANAZone.create(zone).offset(ms) * MINUTE;
  // Clocks are changed by hours, weeks apart.
  const before = offsetAt(shown - DAY);
  const after = offsetAt(shown + DAY);
  const candidates = [...new Set([shown - before, shown - after])];
  return {
    at: candidates.filter((ms) => ms + offsetAt(ms) === shown),
    leap: () => {
      let low = shown - after;
      let high = shown - before;
      while (high - low > MINUTE) {
        const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
        if (offsetAt(middle) === before) low = middle;
        else high = middle;
      }
      return high;
    },
  };
}
