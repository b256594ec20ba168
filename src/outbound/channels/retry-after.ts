/** How long a receiver asks to be left alone. */
import { between, HOUR } from '../../kernel/clock.ts';

/** Whoever asks for more gets this: a notice of yesterday is of no use. */
const LONGEST_MS = HOUR;

/** @param header seconds, or an HTTP date (RFC 9110 §10.2.3); null when it is neither */
export function readRetryAfter(header: string | undefined, now: Date): number | null {
  if (!header) return null;
  const ms = /^\d{1,9}$/.test(header.trim())
    ? Number(header) * 1000
    : between(now, new Date(Date.parse(header)));
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_MS) : null;
}
