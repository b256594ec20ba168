/** Instants for people: "4 min ago", with the exact instant in their time zone behind it. */
import { formatLocal } from '../../kernel/calendar.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../kernel/clock.ts';

export interface ShownTime {
  iso: string;
  /** `Thu 12 Mar 2026, 09:08:58 Europe/Berlin` */
  exact: string;
  /** `44 min`, without "ago": columns say which way. */
  relative: string;
  /** `44 min ago` or `in 44 min` */
  sentence: string;
}

export function presentTime(instant: Date | null, now: Date, timeZone: string): ShownTime | null {
  if (!instant) return null;
  const relative = presentSpan(Math.abs(now.getTime() - instant.getTime()));
  return {
    iso: instant.toISOString(),
    exact: `${formatLocal(instant, timeZone, 'ccc d LLL yyyy, HH:mm:ss')} ${timeZone}`,
    relative,
    sentence: instant > now ? `in ${relative}` : `${relative} ago`,
  };
}

/** An instant that people wait for, by the clocks: `29 Nov 04:00`, today `04:00`. */
export function presentUntil(instant: Date | null, now: Date, timeZone: string) {
  const time = presentTime(instant, now, timeZone);
  if (!time || !instant) return null;
  const isToday = formatLocal(instant, timeZone, 'DDD') === formatLocal(now, timeZone, 'DDD');
  return { ...time, clock: formatLocal(instant, timeZone, isToday ? 'HH:mm' : 'd LLL HH:mm') };
}

/** `8 s`, `44 min`, `4 h`, `12 d`: one unit, as a column has room for. */
export function presentSpan(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}
