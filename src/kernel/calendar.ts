/** Local time, safe over summer time and month ends. The only place beside presenters that knows time zones. */
import { DateTime, IANAZone } from 'luxon';

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** Midnight in `zone` of the day that `instant` falls on, moved by `days` calendar days. */
export function startOfLocalDay(instant: Date, zone: string, days = 0): Date {
  return DateTime.fromJSDate(instant, { zone }).startOf('day').plus({ days }).toJSDate();
}

export function startOfLocalMonth(instant: Date, zone: string, months = 0): Date {
  return DateTime.fromJSDate(instant, { zone }).startOf('month').plus({ months }).toJSDate();
}

/** Reads `2026-03-12` as midnight in `zone`, `2026-03-12T09:30` as that wall-clock time; an offset in the text wins. */
export function parseLocal(text: string, zone: string): Date | null {
  const parsed = DateTime.fromISO(text, { zone });
  return parsed.isValid ? parsed.toJSDate() : null;
}

/** @param format a luxon format, such as `ccc d LLL yyyy, HH:mm:ss` */
export function formatLocal(instant: Date, zone: string, format: string): string {
  return DateTime.fromJSDate(instant, { zone }).setLocale('en').toFormat(format);
}
