/** Who would be told of an event: the people whose groups subscribe to its path, each once, with the highest level. */
import {
  coveringOf,
  type HeldSubscription,
  type Level,
  type QuietHours,
} from '../../accounts/subscriptions.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { UserId } from '../../kernel/ids.ts';

export interface Listener {
  userId: UserId;
  level: Level;
  /** Of the subscriptions of this level; none where one of them has none. */
  quietHours: QuietHours[];
}

/** Pure. A subscription whose severity floor lies above the event's severity does not count. */
export function audienceOf(
  subscriptions: readonly HeldSubscription[],
  org: string | null,
  severity: MaybeSeverity,
): Listener[] {
  const reasons = [...groupBy(subscriptions, ({ group }) => group).values()]
    .flatMap((group) =>
      coveringOf(
        group.filter((one) => one.pattern.startsWith('!') || isAboveFloor(one, severity)),
        org,
      ),
    )
    .flatMap((subscription) => [...new Set(subscription.users)].map((userId) => ({ userId, subscription })));
  return [...groupBy(reasons, ({ userId }) => userId)].map(([userId, own]) =>
    listenBy(
      userId,
      own.map(({ subscription }) => subscription),
    ),
  );
}

function listenBy(userId: UserId, subscriptions: readonly HeldSubscription[]): Listener {
  const level: Level = subscriptions.some((one) => one.level === 'responder') ? 'responder' : 'interested';
  const quiet = subscriptions.filter((one) => one.level === level).map(({ quietHours }) => quietHours);
  return { userId, level, quietHours: quiet.every((hours) => hours !== null) ? quiet : [] };
}

function isAboveFloor({ severityFloor }: HeldSubscription, severity: MaybeSeverity): boolean {
  return severityFloor === null || severityRank(severity) <= severityRank(severityFloor);
}
