/**
 * When a report is mailed, and of which days. Pure: by the clocks of its zone, so that it comes at the same time on the
 * wall all the year, and its days have 23 or 25 hours where clocks are changed.
 */
import {
  localDayOf,
  startOfLocalDay,
  startOfLocalMonth,
  whenClocksReach,
  type LocalDay,
} from '../../kernel/calendar.ts';

export const REPORT_PERIODS = ['daily', 'weekly', 'monthly'] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

export interface Timetable {
  period: ReportPeriod;
  /** `HH:MM` on the wall of the zone. */
  at: string;
  timeZone: string;
}

/** Each day, on Mondays, on the first of the month. */
const IS_ITS_DAY: Record<ReportPeriod, (day: LocalDay) => boolean> = {
  daily: () => true,
  weekly: ({ weekday }) => weekday === 1,
  monthly: ({ day }) => day === 1,
};

/** A first of the month comes within them. */
const DAYS_AROUND = 32;

/** The first time after an instant. */
export function nextTime(timetable: Timetable, after: Date): Date {
  for (let days = -1; days <= DAYS_AROUND; days += 1) {
    const time = timeOn(timetable, after, days);
    if (time && time > after) return time;
  }
  throw new Error('every period has its day within a month');
}

/** The last time at or before an instant: of several that were missed, the one that still counts. */
export function latestTime(timetable: Timetable, at: Date): Date {
  for (let days = 1; days >= -DAYS_AROUND; days -= 1) {
    const time = timeOn(timetable, at, days);
    if (time && time <= at) return time;
  }
  throw new Error('every period has its day within a month');
}

/** Null on a day without a report. */
function timeOn({ period, at, timeZone }: Timetable, around: Date, days: number): Date | null {
  const day = localDayOf(around, timeZone, days);
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  return IS_ITS_DAY[period](day) ? whenClocksReach(day, hours * 60 + minutes, timeZone) : null;
}

export interface Days {
  from: Date;
  /** Not included. */
  to: Date;
}

/** The day, the week from Monday or the month that has ended when a report is mailed. */
export function endedBefore({ period, timeZone }: Timetable, time: Date): Days {
  switch (period) {
    case 'daily':
      return { from: startOfLocalDay(time, timeZone, -1), to: startOfLocalDay(time, timeZone) };
    case 'weekly': {
      const toMonday = 1 - localDayOf(time, timeZone).weekday;
      return {
        from: startOfLocalDay(time, timeZone, toMonday - 7),
        to: startOfLocalDay(time, timeZone, toMonday),
      };
    }
    case 'monthly':
      return { from: startOfLocalMonth(time, timeZone, -1), to: startOfLocalMonth(time, timeZone) };
  }
}
