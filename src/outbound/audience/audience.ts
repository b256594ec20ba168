/** Who would be told of an event: the people whose groups subscribe to its path, each once, with the highest level. */
import { levelOfGroup, type HeldSubscription, type Level } from '../../accounts/subscriptions.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { UserId } from '../../kernel/ids.ts';

export interface Listener {
  userId: UserId;
  level: Level;
}

/** Pure. A subscription whose severity floor lies above the event's severity does not count. */
export function audienceOf(
  subscriptions: readonly HeldSubscription[],
  org: string | null,
  severity: MaybeSeverity,
): Listener[] {
  const levels = new Map<UserId, Level>();
  for (const group of groupBy(subscriptions, (subscription) => subscription.group).values()) {
    const level = levelOfGroup(
      group.filter((one) => one.pattern.startsWith('!') || isAboveFloor(one, severity)),
      org,
    );
    if (!level) continue;
    for (const userId of new Set(group.flatMap(({ users }) => users))) {
      if (levels.get(userId) !== 'responder') levels.set(userId, level);
    }
  }
  return [...levels].map(([userId, level]) => ({ userId, level }));
}

function isAboveFloor({ severityFloor }: HeldSubscription, severity: MaybeSeverity): boolean {
  return severityFloor === null || severityRank(severity) <= severityRank(severityFloor);
}
