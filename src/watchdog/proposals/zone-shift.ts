/**
 * Mails that come whole hours beside their cron times: then the job keeps the clock of another zone. "Always two hours
 * late since Sunday: the zone is probably Europe/Berlin."
 *
 * Pure. test/watchdog/zone-shift.test.ts
 */
import { between, HOUR, MINUTE } from '../../kernel/clock.ts';
import { nextTimes, previousTimes } from '../../kernel/cron.ts';
import type { CronTimes } from '../expectation.ts';
import { PROBABLE_ZONES } from './zones.ts';

export interface ZoneShift {
  /** Whole hours; below zero: early. */
  hours: number;
  /** The first mail that came so; null: all that are known. */
  since: Date | null;
  /** In which all of them would have been in time. */
  timezone: string;
}

/** So far from whole hours a mail may be. */
const NEAR_MS = 15 * MINUTE;
/** One late run is none of the clock's fault. */
const FEWEST_SHIFTED = 3;
/** The world's clocks are no further apart. */
const MOST_HOURS = 14;

/**
 * @param arrivals ascending
 * @param likely the tenant's zone: taken before the other probable ones
 * @returns null when the last mails came in time, or no probable zone explains all of them
 */
export function findZoneShift(
  { expression, timezone }: Pick<CronTimes, 'expression' | 'timezone'>,
  arrivals: readonly Date[],
  likely: string,
): ZoneShift | null {
  const shifts = arrivals.map((at) => hoursBeside(expression, timezone, at));
  const hours = shifts.at(-1);
  if (hours === undefined || hours === null || hours === 0) return null;
  const before = shifts.findLastIndex((shift) => shift !== hours);
  if (shifts.length - (before + 1) < FEWEST_SHIFTED) return null;
  const zone = [likely, ...PROBABLE_ZONES].find(
    (one) => one !== timezone && arrivals.every((at) => hoursBeside(expression, one, at) === 0),
  );
  return zone
    ? { hours, since: before === -1 ? null : (arrivals[before + 1] ?? null), timezone: zone }
    : null;
}

/** By how many whole hours a mail is beside the nearest time; null: by no whole number of them. */
function hoursBeside(expression: string, timezone: string, at: Date): number | null {
  const near = [
    ...previousTimes(expression, timezone, new Date(at.getTime() + 1), 1),
    ...nextTimes(expression, timezone, at, 1),
  ];
  const apart = near.map((due) => between(due, at)).sort((one, other) => Math.abs(one) - Math.abs(other))[0];
  if (apart === undefined) return null;
  const hours = Math.round(apart / HOUR);
  const isWhole = Math.abs(apart - hours * HOUR) <= NEAR_MS && Math.abs(hours) <= MOST_HOURS;
  return isWhole ? hours + 0 : null;
}
