/**
 * Whether a person is told of an event at once, later together with others, or not again. Pure; what is held waits in
 * held-notices.ts, and why stands in the event's timeline.
 */
import type { Level, QuietHours } from '../../accounts/subscriptions.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { between, later, MINUTE } from '../../kernel/clock.ts';
import { nextDigest, type DigestTimes } from './next-digest.ts';
import { endOfQuietHours } from './quiet-hours.ts';

export interface Question {
  level: Level;
  severity: MaybeSeverity;
  quietHours: readonly QuietHours[];
  digest: DigestTimes;
  /** How many notices the person got within LIMIT_MS. */
  recent: number;
  /** How many of them are bearable. */
  limit: number;
  /** How many the whole tenant got meanwhile. */
  ofTenant: number;
  /** The storm that the person was told of lately. */
  storm: ToldStorm | null;
  /** When the person was told of this very event last. */
  lastToldAt: Date | null;
  /** Since when the event is worse than it was; null when it opened or came back. */
  worseSince: Date | null;
  /** It had been over and has come back. */
  isReturn: boolean;
  now: Date;
}

export interface ToldStorm {
  at: Date;
  /** Of all that was told in it. */
  worst: MaybeSeverity;
}

/** `notice`: told then as a notice of its own; `digest`: a line in the next list. */
export type Answer =
  | { kind: 'now' }
  | { kind: 'held'; as: 'notice' | 'digest'; until: Date; reason: string }
  | { kind: 'dropped'; reason: string };

/** A person who is woken again and again within this knows that there is trouble: the rest comes as a list. */
export const LIMIT_MS = 10 * MINUTE;
/** A tenant whose tools mail in a circle, or whose pattern takes in everything, must not use up the mail server. */
export const MOST_OF_TENANT = 2000;
/** What comes back so soon is not told again: it flaps. */
const SAME_EVENT_MS = 10 * MINUTE;
/** Who was told of a storm gets its next events together. */
const STORM_UPDATES_EVERY_MS = 5 * MINUTE;
/** A storm of which nothing was told for so long is over. */
export const STORM_LASTS_MS = 10 * MINUTE;

export function holdBack(question: Question): Answer {
  const { level, severity, quietHours, recent, limit, ofTenant, storm, isReturn, digest, now } = question;
  if (isToldAlready(question)) {
    return { kind: 'dropped', reason: 'told of it a moment ago' };
  }
  const quietUntil = severity === 'critical' ? null : endOfQuietHours(quietHours, now);
  if (quietUntil) return { kind: 'held', as: 'digest', until: quietUntil, reason: 'quiet hours' };
  // Yesterday's report was told: today's is no reason to look up.
  const isRoutine = isReturn && severity === 'info';
  if (level === 'interested' || isRoutine) {
    return { kind: 'held', as: 'digest', until: nextDigest(digest, now), reason: 'digest' };
  }
  // What is worse than all of the storm so far is no part of it.
  if (storm && severityRank(severity) >= severityRank(storm.worst)) {
    const until = later(storm.at, STORM_UPDATES_EVERY_MS);
    if (until > now) return { kind: 'held', as: 'notice', until, reason: 'one of a storm' };
  }
  if (recent >= limit) {
    const reason = `${recent} notices within ten minutes`;
    return { kind: 'held', as: 'digest', until: nextDigest({ ...digest, times: [] }, now), reason };
  }
  if (ofTenant >= MOST_OF_TENANT) {
    const reason = `${ofTenant} notices of the whole team within ten minutes`;
    return { kind: 'held', as: 'digest', until: nextDigest({ ...digest, times: [] }, now), reason };
  }
  return { kind: 'now' };
}

/** That it is worse is news, unless the person was told of it as it is now. */
function isToldAlready({ lastToldAt, worseSince, now }: Question): boolean {
  if (!lastToldAt) return false;
  return worseSince ? lastToldAt >= worseSince : between(lastToldAt, now) < SAME_EVENT_MS;
}
