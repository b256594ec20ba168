/**
 * Who would be told of an event: the people whose groups subscribe to its path and the channels that tell a group, each
 * once, with the highest level.
 */
import type { HeldSubscription, Level, QuietHours } from '../../accounts/subscriptions.ts';
import { severityRank, type MaybeSeverity } from '../../events/severity.ts';
import { groupBy } from '../../kernel/group-by.ts';
import type { ChannelId } from '../../kernel/ids.ts';
import { PatternIndex } from './pattern-index.ts';
import { keyOf, type Told } from './told.ts';

export type Listener = Told & {
  level: Level;
  /** Of the subscriptions of this level; none where one of them has none. */
  quietHours: QuietHours[];
  /** The subscriptions of this level by which they hear. */
  by: readonly HeldSubscription[];
};

export type AudienceFor = (org: string | null, severity: MaybeSeverity) => readonly Listener[];

/** Paths are few, but come from mail: a flood of made-up ones must not fill the memory. */
const MOST_REMEMBERED = 10_000;

/**
 * Prepares a tenant's subscriptions for thousands of questions. Pure. A subscription whose severity floor lies above the
 * event's severity does not count; an excluding pattern counts for its whole group. Where a channel is down, the people
 * of its group are told beside it.
 * @param failing channels that are down
 */
export function compileAudience(
  subscriptions: readonly HeldSubscription[],
  failing: ReadonlySet<ChannelId> = NONE,
): AudienceFor {
  const index = new PatternIndex<HeldSubscription>();
  for (const subscription of subscriptions) index.add(subscription.pattern, subscription);
  const known = new Map<string, readonly Listener[]>();
  return (org, severity) => {
    const key = `${severity} ${org}`;
    const listeners = known.get(key) ?? listenersAmong(index.find(org), severity, failing);
    if (known.size < MOST_REMEMBERED) known.set(key, listeners);
    return listeners;
  };
}

const NONE: ReadonlySet<ChannelId> = new Set();

export function audienceOf(
  subscriptions: readonly HeldSubscription[],
  org: string | null,
  severity: MaybeSeverity,
  failing: ReadonlySet<ChannelId> = NONE,
): readonly Listener[] {
  return compileAudience(subscriptions, failing)(org, severity);
}

export function respondersIn(listeners: readonly Listener[]): Listener[] {
  return listeners.filter(({ level }) => level === 'responder');
}

function listenersAmong(
  matching: readonly HeldSubscription[],
  severity: MaybeSeverity,
  failing: ReadonlySet<ChannelId>,
): Listener[] {
  const excluded = new Set(matching.filter(isExclusion).map(({ group }) => group));
  const counting = matching.filter(
    (one) => !isExclusion(one) && !excluded.has(one.group) && isAboveFloor(one, severity),
  );
  const reasons = counting.flatMap((subscription) =>
    toldBy(subscription, failing).map((told) => ({ told, subscription })),
  );
  return [...groupBy(reasons, ({ told }) => keyOf(told)).values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const because = own.map(({ subscription }) => subscription);
    return [{ ...first.told, ...listenBy(because) }];
  });
}

function toldBy({ users, channel }: HeldSubscription, failing: ReadonlySet<ChannelId>): Told[] {
  const people = [...new Set(users)].map((userId): Told => ({ userId, channelId: null }));
  if (channel === null) return people;
  return [{ userId: null, channelId: channel }, ...(failing.has(channel) ? people : [])];
}

function isExclusion({ pattern }: HeldSubscription): boolean {
  return pattern.startsWith('!');
}

function listenBy(subscriptions: readonly HeldSubscription[]): Pick<Listener, 'level' | 'quietHours' | 'by'> {
  const level: Level = subscriptions.some((one) => one.level === 'responder') ? 'responder' : 'interested';
  const by = subscriptions.filter((one) => one.level === level);
  const quiet = by.map(({ quietHours }) => quietHours);
  return { level, quietHours: quiet.every((hours) => hours !== null) ? quiet : [], by };
}

function isAboveFloor({ severityFloor }: HeldSubscription, severity: MaybeSeverity): boolean {
  return severityFloor === null || severityRank(severity) <= severityRank(severityFloor);
}
