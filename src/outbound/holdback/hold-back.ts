/**
 * Whether a person is told of an event at once, later together with others, or not again. Pure; what is held goes into
 * the person's next digest (release-held.ts), and why stands in the event's timeline.
 */
import type { Level, QuietHours } from '../../accounts/subscriptions.ts';
import type { MaybeSeverity } from '../../events/severity.ts';
import { between, MINUTE } from '../../kernel/clock.ts';
import { endOfQuietHours } from './quiet-hours.ts';

export interface Question {
  level: Level;
  severity: MaybeSeverity;
  quietHours: readonly QuietHours[];
  /** How many notices the person got within LIMIT_MS. */
  recent: number;
  /** When the person was told of this very event last. */
  lastToldAt: Date | null;
  /** Since when the event is worse than it was; null when it opened or came back. */
  worseSince: Date | null;
  /** It had been over and has come back. */
  isReturn: boolean;
  now: Date;
}

export type Answer =
  { kind: 'now' } | { kind: 'held'; until: Date; reason: string } | { kind: 'dropped'; reason: string };

/** A person who is woken for the eleventh time in ten minutes knows that there is trouble: the rest comes as a list. */
export const MOST_WITHIN_LIMIT = 10;
export const LIMIT_MS = 10 * MINUTE;
/** What comes back so soon is not told again: it flaps. */
const SAME_EVENT_MS = 10 * MINUTE;
/** Contract §4: no digest sooner than this after the one before. Digests stand on the quarters of the hour. */
export const DIGEST_EVERY_MS = 15 * MINUTE;

export function holdBack(question: Question): Answer {
  const { level, severity, quietHours, recent, isReturn, now } = question;
  if (isToldAlready(question)) {
    return { kind: 'dropped', reason: 'told of it a moment ago' };
  }
  const quietUntil = severity === 'critical' ? null : endOfQuietHours(quietHours, now);
  if (quietUntil) return { kind: 'held', until: quietUntil, reason: 'quiet hours' };
  // Yesterday's report was told: today's is no reason to look up.
  const isRoutine = isReturn && severity === 'info';
  if (level === 'interested' || isRoutine) return { kind: 'held', until: nextDigest(now), reason: 'digest' };
  if (recent >= MOST_WITHIN_LIMIT) {
    return { kind: 'held', until: nextDigest(now), reason: `${recent} notices within ten minutes` };
  }
  return { kind: 'now' };
}

/** That it is worse is news, unless the person was told of it as it is now. */
function isToldAlready({ lastToldAt, worseSince, now }: Question): boolean {
  if (!lastToldAt) return false;
  return worseSince ? lastToldAt >= worseSince : between(lastToldAt, now) < SAME_EVENT_MS;
}

function nextDigest(now: Date): Date {
  return new Date((Math.floor(now.getTime() / DIGEST_EVERY_MS) + 1) * DIGEST_EVERY_MS);
}
