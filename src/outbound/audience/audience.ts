/** Who would be told of an event: the people whose groups subscribe to its path, each once, with the highest level. */
import type { HeldSubscription, Level, QuietHours } from '../../accounts/subscriptions.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { UserId } from '../../kernel/ids.ts';
import { PatternIndex } from './pattern-index.ts';

export interface Listener {
  userId: UserId;
  level: Level;
  /** Of the subscriptions of this level; none where one of them has none. */
  quietHours: QuietHours[];
}

export type AudienceFor = (org: string | null, severity: MaybeSeverity) => readonly Listener[];

/** Paths are few, but come from mail: a flood of made-up ones must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/**
 * Prepares a tenant's subscriptions for thousands of questions. Pure. A subscription whose severity floor lies above the
 * event's severity does not count; an excluding pattern counts for its whole group.
 */
export function compileAudience(subscriptions: readonly HeldSubscription[]): AudienceFor {
  const index = new PatternIndex<HeldSubscription>();
  for (const subscription of subscriptions) index.add(subscription.pattern, subscription);
  const known = new Map<string, readonly Listener[]>();
  return (org, severity) => {
    const key = `${severity} ${org}`;
    const listeners = known.get(key) ?? listenersAmong(index.find(org), severity);
    if (known.size < MOST_REMEMBERED) known.set(key, listeners);
    return listeners;
  };
}

export function audienceOf(
  subscriptions: readonly HeldSubscription[],
  org: string | null,
  severity: MaybeSeverity,
): readonly Listener[] {
  return compileAudience(subscriptions)(org, severity);
}

export function respondersIn(listeners: readonly Listener[]): Listener[] {
  return listeners.filter(({ level }) => level === 'responder');
}

function listenersAmong(matching: readonly HeldSubscription[], severity: MaybeSeverity): Listener[] {
  const excluded = new Set(matching.filter(isExclusion).map(({ group }) => group));
  const counting = matching.filter(
    (one) => !isExclusion(one) && !excluded.has(one.group) && isAboveFloor(one, severity),
  );
  const reasons = counting.flatMap((subscription) =>
    [...new Set(subscription.users)].map((userId) => ({ userId, subscription })),
  );
  return [...groupBy(reasons, ({ userId }) => userId)].map(([userId, own]) =>
    listenBy(
      userId,
      own.map(({ subscription }) => subscription),
    ),
  );
}

function isExclusion({ pattern }: HeldSubscription): boolean {
  return pattern.startsWith('!');
}

function listenBy(userId: UserId, subscriptions: readonly HeldSubscription[]): Listener {
  const level: Level = subscriptions.some((one) => one.level === 'responder') ? 'responder' : 'interested';
  const quiet = subscriptions.filter((one) => one.level === level).map(({ quietHours }) => quietHours);
  return { userId, level, quietHours: quiet.every((hours) => hours !== null) ? quiet : [] };
}

function isAboveFloor({ severityFloor }: HeldSubscription, severity: MaybeSeverity): boolean {
  return severityFloor === null || severityRank(severity) <= severityRank(severityFloor);
}
