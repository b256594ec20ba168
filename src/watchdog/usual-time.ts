/** When the mails of a stream usually come, by the clock on the wall: what people compare with a job's timetable. */
import { formatLocal, periodMs } from '../kernel/calendar.ts';
import { DAY, MINUTE } from '../kernel/clock.ts';
import type { Expectation } from './expectation.ts';

/** Fewer say nothing of a habit. */
const FEWEST = 5;
const MINUTES_OF_DAY = DAY / MINUTE;
/** Wider than this and there is no usual hour. */
const WIDEST_MINUTES = 180;

export interface UsualTime {
  /** `02:14` */
  at: string;
  /** Half of the mails are nearer than this. */
  spreadMinutes: number;
}

/** @returns null for what comes more than once a day, seldom, or at any hour */
export function usualTime(
  { period, n }: Pick<Expectation, 'period' | 'n'>,
  arrivals: readonly Date[],
  zone: string,
): UsualTime | null {
  if (periodMs(period) / n < DAY || arrivals.length < FEWEST) return null;
  const minutes = arrivals.map(
    (at) => Number(formatLocal(at, zone, 'H')) * 60 + Number(formatLocal(at, zone, 'm')),
  );
  const middle = circularMean(minutes);
  const distances = minutes.map((minute) => distance(minute, middle)).sort((one, other) => one - other);
  const spreadMinutes = Math.round(distances[Math.floor(distances.length / 2)] ?? 0);
  if (spreadMinutes > WIDEST_MINUTES) return null;
  const rounded = Math.round(middle) % MINUTES_OF_DAY;
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return { at: `${twoDigits(Math.floor(rounded / 60))}:${twoDigits(rounded % 60)}`, spreadMinutes };
}

/** Around midnight 23:50 and 00:10 are twenty minutes apart. */
function circularMean(minutes: readonly number[]): number {
  const angles = minutes.map((minute) => (minute / MINUTES_OF_DAY) * 2 * Math.PI);
  const angle = Math.atan2(sumOf(angles.map(Math.sin)), sumOf(angles.map(Math.cos)));
  return ((angle / (2 * Math.PI)) * MINUTES_OF_DAY + MINUTES_OF_DAY) % MINUTES_OF_DAY;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function distance(one: number, other: number): number {
  const apart = Math.abs(one - other);
  return Math.min(apart, MINUTES_OF_DAY - apart);
}
