/** Instants as people and scripts give them: with an offset, or by the clocks of a zone. */
import { parseLocal } from '../../kernel/calendar.ts';
import { Invalid } from '../../kernel/errors.ts';

/** @throws Invalid, with what is wanted there */
export function readInstant(
  field: string,
  text: string,
  zone: string,
  wanted = 'a date and a time, such as 2026-11-29T02:00',
): Date {
  const read = parseLocal(text, zone);
  if (!read) throw new Invalid([{ field, message: `Give ${wanted}.` }]);
  return read;
}
