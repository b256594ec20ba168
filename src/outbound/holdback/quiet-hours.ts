/** Hours in which a person wants to hear of criticals only, by the clock of their zone. */
import type { QuietHours } from '../../accounts/subscriptions.ts';
import { localDayOf, whenClocksReach } from '../../kernel/calendar.ts';
import { minutesOfDay } from '../../kernel/wall-clock.ts';

/** @returns when the last of them that is on now ends; null when one is not on, or when there are none */
export function endOfQuietHours(quietHours: readonly QuietHours[], now: Date): Date | null {
  if (quietHours.length === 0) return null;
  const ends = quietHours.map((hours) => endOf(hours, now));
  // Who subscribes in two ways is told as soon as one of them is not quiet.
  if (ends.some((end) => end === null)) return null;
  return new Date(Math.min(...ends.map((end) => end?.getTime() ?? 0)));
}

function endOf({ from, to, timezone }: QuietHours, now: Date): Date | null {
  const start = minutesOfDay(from);
  const length = (minutesOfDay(to) - start + MINUTES_OF_DAY) % MINUTES_OF_DAY;
  // Those that began today, or yesterday and go on over midnight.
  for (const days of [0, -1]) {
    const day = localDayOf(now, timezone, days);
    const end = whenClocksReach(day, start + length, timezone);
    if (whenClocksReach(day, start, timezone) <= now && now < end) return end;
  }
  return null;
}

const MINUTES_OF_DAY = 24 * 60;
