/** A rota in plain words. */
import { localDayOf, parseLocal } from '../../kernel/calendar.ts';
import type { Rhythm } from './rota.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `every week on Monday at 09:00 Europe/Berlin`; `every 2 days at 18:00 UTC` */
export function describeRhythm({ every, unit, startsOn, handOverAt, timeZone }: Rhythm): string {
  const often = every === 1 ? `every ${unit}` : `every ${every} ${unit}s`;
  const day = parseLocal(startsOn, timeZone);
  const weekday =
    unit === 'week' && day ? ` on ${WEEKDAYS[localDayOf(day, timeZone).weekday - 1] ?? ''}` : '';
  return `${often}${weekday} at ${handOverAt} ${timeZone}`;
}
